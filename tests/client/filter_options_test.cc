// The filter that the options of a verb make.
#include "client/filter_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reprise::client {
namespace {

using ::testing::HasSubstr;

TEST(FilterOptionsTest, SetsWhatIsGivenAndNothingElse) {
  v1::UnitFilter filter;
  ASSERT_TRUE(FillFilter({}, &filter).ok());
  EXPECT_EQ(filter.ByteSizeLong(), 0u);
  FilterOptions options;
  options.authors = {"x", "y"};
  options.origins = {"machine", "import"};
  options.min_status = "reviewed";
  options.since = "2024-05-31";
  options.before = "2024-05-31T10:00:00+02:00";
  options.document = "a";
  options.exclude_document = "b";
  options.attributes = {"client=A=B", "client=C"};
  ASSERT_TRUE(FillFilter(options, &filter).ok());
  EXPECT_EQ(filter.authors_size(), 2);
  EXPECT_EQ(filter.origins(0), v1::ORIGIN_MACHINE);
  EXPECT_EQ(filter.origins(1), v1::ORIGIN_IMPORT);
  EXPECT_EQ(filter.min_status(), v1::VARIANT_STATUS_REVIEWED);
  EXPECT_EQ(filter.changed_from().seconds(), 1717113600);
  EXPECT_EQ(filter.changed_to().seconds(), 1717113600 + 8 * 3600);
  EXPECT_EQ(filter.document() + filter.exclude_document(), "ab");
  EXPECT_EQ(filter.attributes().at("client").values(0), "A=B");
  EXPECT_EQ(filter.attributes().at("client").values(1), "C");
}

TEST(FilterOptionsTest, NamesTheOptionThatIsWrong) {
  v1::UnitFilter filter;
  FilterOptions options;
  options.before = "31.05.2024";
  EXPECT_THAT(MessageOf(FillFilter(options, &filter)), HasSubstr("--before"));
  options = {};
  options.attributes = {"=x"};
  EXPECT_THAT(MessageOf(FillFilter(options, &filter)), HasSubstr("--attribute"));
}

}  // namespace
}  // namespace reprise::client
