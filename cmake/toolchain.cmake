# How this project compiles: ccache and lld where present, strict warnings, sanitizers by preset.

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

find_program(LLD ld.lld)
if(LLD)
  add_link_options(-fuse-ld=lld)
endif()

option(BOXOFFICE_FUZZ "Build the fuzz targets of tests/fuzz; asks for clang" OFF)
set(BOXOFFICE_SANITIZE "" CACHE STRING "address,undefined or thread; empty for none")

# What every target of ours is compiled with.
add_library(boxoffice_options INTERFACE)
target_include_directories(boxoffice_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(boxoffice_options INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wswitch-enum -Werror
  # g++ 12 reports these inside its own optimiser's view of std::variant and std::string, where
  # they are false; -Wuninitialized stays on.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized -Wno-restrict>)
if(BOXOFFICE_SANITIZE)
  add_compile_options(-fsanitize=${BOXOFFICE_SANITIZE} -fno-omit-frame-pointer -g1)
  add_link_options(-fsanitize=${BOXOFFICE_SANITIZE})
  add_compile_definitions(BOXOFFICE_SANITIZED)
  if(BOXOFFICE_SANITIZE MATCHES undefined)
    add_compile_options(-fno-sanitize-recover=undefined)
  endif()
  if(BOXOFFICE_SANITIZE MATCHES thread)
    add_compile_options(-Wno-tsan)
  endif()
endif()
