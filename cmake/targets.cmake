# boxoffice_library(name SOURCES … [LINK …] [PRIVATE_LINK …]): a static library named name.
function(boxoffice_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK;PRIVATE_LINK" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_link_libraries(${name} PUBLIC ${ARG_LINK} PRIVATE boxoffice_options ${ARG_PRIVATE_LINK})
endfunction()

# boxoffice_test(name SOURCES … LINK …): a GoogleTest program, registered with ctest test by test.
function(boxoffice_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE boxoffice_options ${ARG_LINK} GTest::gtest GTest::gmock
    GTest::gtest_main)
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES TIMEOUT 600)
endfunction()
