# boxoffice_library(name SOURCES … [LINK …] [PRIVATE_LINK …]): a static library named name.
function(boxoffice_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK;PRIVATE_LINK" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_link_libraries(${name} PUBLIC ${ARG_LINK} PRIVATE boxoffice_options ${ARG_PRIVATE_LINK})
endfunction()

# What a program needs beside its own sources: an allocator; under ThreadSanitizer, what it is to
# overlook.
function(boxoffice_program name)
  target_link_libraries(${name} PRIVATE boxoffice_options allocator)
  if(BOXOFFICE_SANITIZE MATCHES thread)
    target_sources(${name} PRIVATE ${PROJECT_SOURCE_DIR}/cmake/tsan_suppressions.cpp)
  endif()
endfunction()

# boxoffice_test(name SOURCES … LINK …): a GoogleTest program, registered with ctest test by test.
function(boxoffice_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  boxoffice_program(${name})
  target_link_libraries(${name} PRIVATE ${ARG_LINK} GTest::gtest GTest::gmock
    GTest::gtest_main)
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES TIMEOUT 600)
endfunction()
