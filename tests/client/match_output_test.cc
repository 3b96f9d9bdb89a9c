#include "client/match_output.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/names.h"

namespace reprise::client {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

v1::LookupResponse OneMatch() {
  v1::LookupResponse response;
  v1::Match* match = response.add_matches();
  match->set_score(92);
  match->set_base(93);
  match->set_band(v1::BAND_FUZZY);
  match->set_relevance(0.875);
  match->mutable_source()->set_text("two\033[2J");
  match->set_source_locale("en-US");
  match->mutable_target()->set_locale("de");
  match->mutable_target()->mutable_content()->set_text("zwei\007");
  match->mutable_target()->set_origin(v1::ORIGIN_ALIGNMENT);
  match->set_memory("memories/news");
  match->set_unit("memories/news/units/9007199254740993");
  v1::Penalty* penalty = match->add_penalties();
  penalty->set_name("alignment");
  penalty->set_points(1);
  penalty->set_source(v1::PENALTY_SOURCE_PROFILE);
  v1::Edit* edit = match->add_edits();
  edit->set_kind(v1::Edit::KIND_REPLACED);
  edit->set_query_end(5);
  edit->set_stored_end(3);
  return response;
}

TEST(MatchOutputTest, JsonHasExactlyTheFields) {
  EXPECT_EQ(
      LookupJson({"three", "en", "de"}, OneMatch()),
      R"({"query":"three","source_locale":"en","target_locale":"de","total":null,"matches":[{"score":92,"base":93,)"
      R"("band":"fuzzy","relevance":0.875,"source":"two\u001b[2J","target":"zwei\u0007","source_locale":"en-US",)"
      R"("target_locale":"de","unit":"9007199254740993","memory":"news","below_threshold":false,"plural_changed":false,)"
      R"("pivot":null,)"
      R"("penalties":[{"name":"alignment","points":1,"detail":"","source":"profile"}],"substitutions":[],)"
      R"("edits":[{"kind":"replaced","query_begin":0,"query_end":5,"stored_begin":0,"stored_end":3}]}]})");
}

TEST(MatchOutputTest, APivotIsShownWithItsText) {
  v1::LookupResponse response = OneMatch();
  v1::Match* match = response.mutable_matches(0);
  match->set_pivot(true);
  match->mutable_pivot_link()->set_locale("en");
  match->mutable_pivot_link()->mutable_text()->set_text("Save\033[2J");
  match->mutable_pivot_link()->set_source_unit("memories/news/units/7");
  EXPECT_THAT(LookupJson({"three", "en", "de"}, response),
              HasSubstr(R"("pivot":{"locale":"en","text":"Save\u001b[2J","source_unit":"7"})"));
  const std::string text = LookupText({"three", "en", "de"}, response, Terminal(false, false));
  EXPECT_THAT(text, HasSubstr(" · through en \"Save"));
  EXPECT_THAT(text, HasSubstr("of unit 7"));
  EXPECT_THAT(text, Not(HasSubstr("\033")));
}

TEST(MatchOutputTest, JsonTotal) {
  v1::LookupResponse response;
  response.set_total(12);
  EXPECT_EQ(LookupJson({"x", "en", "de"}, response),
            R"({"query":"x","source_locale":"en","target_locale":"de","total":12,"matches":[]})");
}

TEST(MatchOutputTest, JsonError) {
  EXPECT_THAT(LookupErrorJson({"", "en", "de"}, FieldError("query.content.text", "is empty")),
              HasSubstr(R"("matches":[],"error":{"code":3,"message":"query.content.text: is empty"}})"));
}

TEST(MatchOutputTest, TextExplainsAndObeysNothing) {
  const std::string text = LookupText({"three", "en", "de"}, OneMatch(), Terminal(false, false));
  EXPECT_THAT(text, HasSubstr("   92  en-US  [-three-]{+two+}\\u{1b}[2J\n"));
  EXPECT_THAT(text, HasSubstr("de  zwei\\u{7}\n"));
  EXPECT_THAT(text, HasSubstr("memory news"));
  EXPECT_THAT(text, HasSubstr("origin alignment"));
  EXPECT_THAT(text, HasSubstr("base 93 · penalties: alignment -1 (by the profile)"));
  EXPECT_THAT(text, Not(HasSubstr("\033")));
}

TEST(MatchOutputTest, PartsOfTheQueryAreWrittenWhereTheyWereLookedFor) {
  v1::LookupResponse response;
  response.set_fragments_searched(true);
  v1::Fragment* fragment = response.add_fragments();
  fragment->mutable_query_range()->set_begin(2);
  fragment->mutable_query_range()->set_end(7);
  fragment->mutable_match()->set_score(100);
  fragment->mutable_match()->mutable_target()->mutable_content()->set_text("Ventil\033");
  v1::SharedPart* part = response.add_shared_parts();
  part->mutable_query_range()->set_end(1);
  part->add_examples()->mutable_source()->set_text("a stored one");
  response.set_shared_parts_cut(true);
  const std::string json = LookupJson({"a valve", "en", "de"}, response);
  EXPECT_THAT(json, HasSubstr(R"("fragments_cut":false,"fragments":[{"query_range":{"begin":2,"end":7},"match":{)"));
  EXPECT_THAT(json, HasSubstr(R"("shared_parts_cut":true,"shared_parts":[{"query_range":{"begin":0,"end":1},)"
                              R"("examples":[{"source":"a stored one","source_range":{"begin":0,"end":0},)"));
  const std::string text = LookupText({"a valve", "en", "de"}, response, Terminal(false, false));
  EXPECT_THAT(text, HasSubstr("  part  valve  (100)\n"));
  EXPECT_THAT(text, HasSubstr("Ventil\\u{1b}"));
  EXPECT_THAT(text, HasSubstr("a stored one"));
  EXPECT_THAT(text, HasSubstr("cut short"));
}

TEST(MatchOutputTest, AnAssembledMatchNamesItsParts) {
  v1::LookupResponse response;
  v1::Match* match = response.add_matches();
  match->set_score(50);
  match->set_assembled(true);
  match->add_parts()->set_score(100);
  match->add_parts();
  EXPECT_THAT(LookupText({"x", "en", "de"}, response, Terminal(false, false)),
              HasSubstr("assembled · 1 of 2 sentences: 100 + 0"));
  EXPECT_THAT(LookupJson({"x", "en", "de"}, response), HasSubstr(R"("assembled":true,"parts":[{"query_range":{)"));
}

TEST(MatchOutputTest, ASentenceOfASegmentSaysWhichOne) {
  v1::LookupResponse response;
  v1::Match* match = response.add_matches();
  match->set_score(94);
  match->mutable_sentence()->set_number(2);
  match->mutable_sentence()->set_count(3);
  response.set_sentences_cut(true);
  const std::string text = LookupText({"x", "en", "de"}, response, Terminal(false, false));
  EXPECT_THAT(text, HasSubstr(" · sentence 2 of 3 of what is stored"));
  EXPECT_THAT(text, HasSubstr("more segments hold these words"));
  const std::string json = LookupJson({"x", "en", "de"}, response);
  EXPECT_THAT(json, HasSubstr(R"("sentence":{"number":2,"count":3})"));
  EXPECT_THAT(json, HasSubstr(R"("sentences_cut":true)"));
}

TEST(MatchOutputTest, SaysThatThereIsNoMatch) {
  EXPECT_EQ(LookupText({"x", "en", "de"}, {}, Terminal(false, false)), "x\n  no match\n");
}

TEST(NamesTest, BothForms) {
  EXPECT_EQ(MemoryName("news"), "memories/news");
  EXPECT_EQ(MemoryName("memories/news"), "memories/news");
  EXPECT_EQ(UnitName("news", "12"), "memories/news/units/12");
  EXPECT_EQ(UnitName("news", "memories/a/units/3"), "memories/a/units/3");
  EXPECT_EQ(ShortUnit("memories/news/units/12"), "12");
  EXPECT_EQ(PolicyOf("skip"), v1::DUPLICATE_POLICY_SKIP);
  EXPECT_STREQ(PolicyWord(v1::DUPLICATE_POLICY_KEEP_ALL), "keep-all");
}

}  // namespace
}  // namespace reprise::client
