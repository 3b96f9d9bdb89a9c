#include "client/json.h"

#include <gtest/gtest.h>

#include <cmath>

namespace reprise::client {
namespace {

TEST(JsonTest, EscapesWhatJsonDemands) {
  EXPECT_EQ(JsonString("a\"b\\c"), R"("a\"b\\c")");
  EXPECT_EQ(JsonString("\b\f\n\r\t"), R"("\b\f\n\r\t")");
  EXPECT_EQ(JsonString(std::string_view("\0\x1b", 2)), R"("\u0000\u001b")");
}

TEST(JsonTest, EscapesWhatTerminalsAndLineReadersObey) {
  EXPECT_EQ(JsonString("\x7f"), R"("\u007f")");
  EXPECT_EQ(JsonString("\xC2\x9B"), R"("\u009b")");
  EXPECT_EQ(JsonString("\xE2\x80\xA8\xE2\x80\xA9"), R"("\u2028\u2029")");
}

TEST(JsonTest, KeepsTextAndMendsDamage) {
  EXPECT_EQ(JsonString("早上好 😀"), "\"早上好 😀\"");
  EXPECT_EQ(JsonString("a\xFFz"), "\"a\xEF\xBF\xBDz\"");
}

TEST(JsonTest, CommasAndNesting) {
  JsonWriter json;
  json.BeginObject().Key("a").Number(-1).Key("b").BeginArray().String("x").Bool(true).Null().BeginObject().EndObject();
  json.EndArray().Key("c").BeginArray().EndArray().EndObject();
  EXPECT_EQ(json.text(), R"({"a":-1,"b":["x",true,null,{}],"c":[]})");
}

TEST(JsonTest, Numbers) {
  JsonWriter json;
  json.BeginArray().Uint64(18446744073709551615ull).Double(0.5).Double(1).Double(0.123456789).Double(std::nan(""));
  json.Double(-0.0000001).EndArray();
  EXPECT_EQ(json.text(), R"(["18446744073709551615",0.5,1,0.123457,null,0])");
}

}  // namespace
}  // namespace reprise::client
