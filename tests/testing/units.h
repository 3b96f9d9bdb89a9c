// Units for tests.
#ifndef REPRISE_TESTS_TESTING_UNITS_H_
#define REPRISE_TESTS_TESTING_UNITS_H_

#include <string>

#include "text/segment.h"

namespace reprise::testing {

// An English source with one translation.
inline Unit MakeUnit(const std::string& en, const std::string& translation, const std::string& locale = "de") {
  Unit unit;
  unit.source_locale = "en";
  unit.variants.resize(2);
  unit.variants[0].locale = "en";
  unit.variants[0].content.text = en;
  unit.variants[1].locale = locale;
  unit.variants[1].content.text = translation;
  return unit;
}

}  // namespace reprise::testing

#endif  // REPRISE_TESTS_TESTING_UNITS_H_
