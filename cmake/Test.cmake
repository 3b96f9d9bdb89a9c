# What every test runs with. gRPC and RocksDB are not instrumented and would give false races, in the library itself and in
# gRPC's headers; tests/base/deliberate_race.cc proves that ours are still reported.
set(REPRISE_TEST_ENVIRONMENT
  "TSAN_OPTIONS=ignore_noninstrumented_modules=1 suppressions=${PROJECT_SOURCE_DIR}/tests/tsan.supp")

# reprise_test(name SOURCES ... LIBS ...): a GoogleTest program, registered with ctest as one test.
function(reprise_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;LIBS;LABELS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE reprise_options ${ARG_LIBS} GTest::gmock GTest::gtest GTest::gtest_main)
  target_compile_definitions(${name} PRIVATE REPRISE_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES TIMEOUT ${ARG_TIMEOUT} LABELS "${ARG_LABELS}"
    ENVIRONMENT "${REPRISE_TEST_ENVIRONMENT}")
endfunction()
