#include "server/convert.h"

#include <gtest/gtest.h>

#include <functional>

#include "server/import_messages.h"

namespace reprise {
namespace {

Unit FullUnit() {
  Unit unit;
  unit.id = 42;
  unit.client_key = "ck";
  unit.source_locale = "en";
  unit.group = "g";
  unit.revision = 7;
  unit.note = "n";
  unit.dropped_contexts = 3;
  unit.attributes["project"] = {"a", "b"};
  Variant en;
  en.locale = "en";
  en.content.text = "Good \xC2\xA0morning";
  Code code;
  code.position = 5;
  code.kind = Code::Kind::kOpen;
  code.pair_id = 1;
  code.data = "<b>";
  code.equivalent_text = "*";
  code.type = "bold";
  en.content.codes = {code};
  en.origin = Origin::kAlignment;
  en.status = VariantStatus::kReviewed;
  en.locked = true;
  en.created_us = 1700000000123456;
  en.changed_us = -1;  // just before 1970
  en.created_by = "ann";
  en.changed_by = "bob";
  en.usage_count = 9;
  en.last_used_us = 5;
  en.note = "vn";
  en.attributes["x"] = {"1"};
  unit.variants = {en};
  Context context;
  context.document = "d";
  context.key = "k";
  context.previous["en"] = {Neighbour::State::kText, "before"};
  context.next["en"] = {Neighbour::State::kEdge, ""};
  unit.contexts = {context};
  return unit;
}

TEST(ConvertTest, UnitGoesThereAndBack) {
  const Unit in = FullUnit();
  const v1::Unit wire = ToProto("news", in);
  EXPECT_EQ(wire.name(), "memories/news/units/42");
  EXPECT_EQ(wire.variants(0).change_time().seconds(), -1);
  EXPECT_EQ(wire.variants(0).change_time().nanos(), 999999000);
  Unit out;
  ASSERT_TRUE(FromProto(wire, &out).ok());
  Unit expected = in;  // but for what is output only
  expected.id = expected.revision = expected.dropped_contexts = 0;
  EXPECT_EQ(out, expected);
}

TEST(ConvertTest, UnitErrorsNameTheField) {
  struct Case {
    const char* field;
    absl::StatusCode code;
    std::function<void(v1::Unit*)> spoil;
  };
  const auto kBad = absl::StatusCode::kInvalidArgument;
  const auto kMuch = absl::StatusCode::kResourceExhausted;
  const Case cases[] = {
      {"variants", kBad, [](v1::Unit* u) { u->clear_variants(); }},
      {"variants[0].locale", kBad, [](v1::Unit* u) { u->mutable_variants(0)->clear_locale(); }},
      {"variants[0].content.text", kBad, [](v1::Unit* u) { u->mutable_variants(0)->clear_content(); }},
      {"variants[0].content.text", kMuch,
       [](v1::Unit* u) { u->mutable_variants(0)->mutable_content()->set_text(std::string(kMaxTextBytes + 1, 'a')); }},
      {"variants[0].content.codes[0].kind", kBad,
       [](v1::Unit* u) {
         u->mutable_variants(0)->mutable_content()->mutable_codes(0)->set_kind(static_cast<v1::Code::Kind>(9));
       }},
      {"variants[0].content.codes", kMuch,
       [](v1::Unit* u) {
         for (size_t i = 0; i < kMaxCodes; ++i) u->mutable_variants(0)->mutable_content()->add_codes();
       }},
      {"variants[0].origin", kBad,
       [](v1::Unit* u) { u->mutable_variants(0)->set_origin(static_cast<v1::Origin>(-1)); }},
      {"variants[0].create_time", kBad,
       [](v1::Unit* u) { u->mutable_variants(0)->mutable_create_time()->set_nanos(-1); }},
      {"variants[0].attributes", kMuch,
       [](v1::Unit* u) {
         (*u->mutable_variants(0)->mutable_attributes())["k"].add_values(std::string(kMaxAttributeBytes, 'v'));
       }},
      {"contexts[0].previous.text", kMuch,
       [](v1::Unit* u) {
         (*u->mutable_contexts(0)->mutable_previous())["en"].set_text(std::string(kMaxTextBytes + 1, 'a'));
       }},
      {"contexts[0].next.text", kBad,
       [](v1::Unit* u) { (*u->mutable_contexts(0)->mutable_next())["en"].set_text("text at an edge"); }},
      {"client_key", kMuch, [](v1::Unit* u) { u->set_client_key(std::string(kMaxNameBytes + 1, 'k')); }},
  };
  for (const Case& c : cases) {
    v1::Unit wire = ToProto("news", FullUnit());
    c.spoil(&wire);
    Unit out;
    const absl::Status status = FromProto(wire, &out);
    EXPECT_EQ(FieldOf(status), c.field) << MessageOf(status);
    EXPECT_EQ(status.code(), c.code) << MessageOf(status);
  }
}

TEST(ConvertTest, LookupOptionsTellAbsentFromZero) {
  LookupOptions out;
  ASSERT_TRUE(FromProto(v1::LookupOptions(), &out).ok());
  EXPECT_EQ(out.threshold, 70);
  EXPECT_EQ(out.floor, 0);
  EXPECT_EQ(out.max_results, 5);
  EXPECT_EQ(out.order, MatchOrder::kScore);
  EXPECT_EQ(out.penalties.machine, PenaltyTable().machine);

  v1::LookupOptions in;
  in.mutable_penalties()->set_machine(0);
  in.set_threshold(100);
  in.set_floor(100);
  in.set_order(v1::MATCH_ORDER_RELEVANCE);
  ASSERT_TRUE(FromProto(in, &out).ok());
  EXPECT_EQ(out.penalties.machine.points, 0);
  EXPECT_EQ(out.floor, 100);
  EXPECT_EQ(out.order, MatchOrder::kRelevance);
}

TEST(ConvertTest, LookupOptionsOutOfRangeAreNamed) {
  auto field = [](const std::function<void(v1::LookupOptions*)>& spoil) {
    v1::LookupOptions in;
    spoil(&in);
    LookupOptions out;
    return FieldOf(FromProto(in, &out));
  };
  EXPECT_EQ(field([](v1::LookupOptions* o) { o->set_threshold(0); }), "threshold");
  EXPECT_EQ(field([](v1::LookupOptions* o) { o->set_threshold(101); }), "threshold");
  EXPECT_EQ(field([](v1::LookupOptions* o) { o->set_floor(71); }), "floor");
  EXPECT_EQ(field([](v1::LookupOptions* o) { o->set_floor(-1); }), "floor");
  EXPECT_EQ(field([](v1::LookupOptions* o) { o->set_max_results(0); }), "max_results");
  EXPECT_EQ(field([](v1::LookupOptions* o) { o->set_max_results(1001); }), "max_results");
  EXPECT_EQ(field([](v1::LookupOptions* o) { o->set_order(static_cast<v1::MatchOrder>(3)); }), "order");
  EXPECT_EQ(field([](v1::LookupOptions* o) { o->mutable_penalties()->set_codes(101); }), "penalties.codes");
  EXPECT_EQ(field([](v1::LookupOptions* o) { o->mutable_filter()->add_origins(static_cast<v1::Origin>(9)); }),
            "filter.origins[0]");
}

TEST(ConvertTest, ResourceNames) {
  EXPECT_EQ(*ParseMemoryName("name", "memories/a-b_0"), "a-b_0");
  for (const char* bad : {"", "memories/", "memory/a", "memories/A", "memories/-a", "memories/a/b", "memories/a b"}) {
    EXPECT_EQ(FieldOf(ParseMemoryName("name", bad).status()), "name") << bad;
  }
  EXPECT_FALSE(ParseMemoryName("name", "memories/" + std::string(64, 'a')).ok());
  EXPECT_TRUE(ParseMemoryName("name", "memories/" + std::string(63, 'a')).ok());
  auto ref = ParseUnitName("name", "memories/news/units/18446744073709551615");
  ASSERT_TRUE(ref.ok());
  EXPECT_EQ(ref->memory, "news");
  EXPECT_EQ(ref->unit, UINT64_MAX);
  for (const char* bad : {"memories/news", "memories/news/units/", "memories/news/units/0", "memories/news/units/-1",
                          "memories/news/units/18446744073709551616", "memories/news/units/1/2", "units/1"}) {
    EXPECT_EQ(FieldOf(ParseUnitName("name", bad).status()), "name") << bad;
  }
}

TEST(ConvertTest, MemoryRefsAreCheckedOneByOne) {
  v1::LookupRequest in;
  std::vector<MemoryRef> out;
  EXPECT_EQ(FieldOf(FromProto(in.memories(), &out)), "memories");
  in.add_memories()->set_name("memories/a");
  in.mutable_memories(0)->set_priority(-2);
  in.mutable_memories(0)->set_penalty(3);
  ASSERT_TRUE(FromProto(in.memories(), &out).ok());
  ASSERT_EQ(out.size(), 1u);
  EXPECT_EQ(out[0].name, "a");
  EXPECT_EQ(out[0].priority, -2);
  EXPECT_EQ(out[0].penalty, 3);
  EXPECT_EQ(out[0].source, TermSource::kRequest);
  in.add_memories()->set_name("memories/a");
  EXPECT_EQ(FieldOf(FromProto(in.memories(), &out)), "memories[1].name");
  in.mutable_memories(1)->set_name("memories/b");
  in.mutable_memories(1)->set_penalty(101);
  EXPECT_EQ(FieldOf(FromProto(in.memories(), &out)), "memories[1].penalty");
}

TEST(ConvertTest, MatchCarriesEverything) {
  Match in;
  in.score = 93;
  in.base.base = 94;
  in.base.band = Band::kFuzzy;
  in.base.shared = 47;
  in.base.max_weight = 50;
  in.base.folded = {"case"};
  in.relevance = 0.5;
  in.below_threshold = true;
  in.source.text = "s";
  in.target = FullUnit().variants[0];
  in.source_locale = "en-GB";
  in.memory = "news";
  in.unit = 8;
  in.revision = 2;
  in.unit_count = 3;
  in.stored_locales = {"de", "en-GB"};
  in.agreement.key = in.agreement.partial_neighbours = true;
  in.context.key = "k";
  in.fallback = in.reverse = true;
  in.penalties = {{"fallback", 1, "pt-PT for pt-BR"}};
  in.edits = {{Edit::Kind::kReplaced, 1, 2, 3, 4}};
  const v1::Match out = ToProto(in);
  EXPECT_EQ(out.score(), 93);
  EXPECT_EQ(out.base(), 94);
  EXPECT_EQ(out.band(), v1::BAND_FUZZY);
  EXPECT_EQ(out.shared_letters(), 47u);
  EXPECT_EQ(out.max_letters(), 50u);
  EXPECT_EQ(out.folded(0), "case");
  EXPECT_EQ(out.relevance(), 0.5);
  EXPECT_TRUE(out.below_threshold());
  EXPECT_EQ(out.source().text(), "s");
  EXPECT_EQ(out.target().note(), "vn");
  EXPECT_EQ(out.source_locale(), "en-GB");
  EXPECT_EQ(out.memory(), "memories/news");
  EXPECT_EQ(out.unit(), "memories/news/units/8");
  EXPECT_EQ(out.revision(), 2u);
  EXPECT_EQ(out.unit_count(), 3u);
  EXPECT_EQ(out.stored_locales_size(), 2);
  EXPECT_TRUE(out.agreement().key());
  EXPECT_FALSE(out.agreement().neighbours());
  EXPECT_TRUE(out.agreement().partial_neighbours());
  EXPECT_EQ(out.context().key(), "k");
  EXPECT_TRUE(out.fallback());
  EXPECT_TRUE(out.reverse());
  EXPECT_FALSE(out.pivot());
  EXPECT_EQ(out.penalties(0).name(), "fallback");
  EXPECT_EQ(out.penalties(0).detail(), "pt-PT for pt-BR");
  EXPECT_EQ(out.edits(0).kind(), v1::Edit::KIND_REPLACED);
  EXPECT_EQ(out.edits(0).stored_end(), 4u);
}

TEST(ConvertTest, APivotNamesTheUnitOfItsSource) {
  Match in;
  in.memory = "news";
  in.pivot = std::make_shared<PivotLink>(PivotLink{{"Save", {}}, "en", 7});
  const v1::Match out = ToProto(in);
  EXPECT_TRUE(out.pivot());
  EXPECT_EQ(out.pivot_link().text().text(), "Save");
  EXPECT_EQ(out.pivot_link().locale(), "en");
  EXPECT_EQ(out.pivot_link().source_unit(), "memories/news/units/7");
}

TEST(ConvertTest, RequestsOverrideAProfileOneByOne) {
  LookupDefaults profile;
  profile.threshold = 60;
  profile.floor = 50;
  profile.order = MatchOrder::kRelevance;
  profile.pivot = true;
  profile.penalties = {{"machine", 9}, {"draft", 8}};
  profile.filter.emplace().authors = {"ann"};
  v1::LookupOptions request;
  request.set_pivot(false);
  request.set_threshold(40);
  request.mutable_penalties()->set_machine(0);
  request.mutable_filter()->set_document("d");
  LookupOptions out;
  ApplyDefaults(profile, TermSource::kProfile, &out);
  ASSERT_TRUE(FromProto(request, &out).ok());
  EXPECT_EQ(out.threshold, 40);
  EXPECT_EQ(out.floor, 40);  // goes down with the threshold
  EXPECT_EQ(out.order, MatchOrder::kRelevance);
  EXPECT_FALSE(out.pivot);
  EXPECT_EQ(out.penalties.machine, PenaltyPoints(0, TermSource::kRequest));
  EXPECT_EQ(out.penalties.draft, PenaltyPoints(8, TermSource::kProfile));
  EXPECT_EQ(out.penalties.pivot, PenaltyPoints(10, TermSource::kDefault));
  EXPECT_TRUE(out.filter.authors.empty());  // the whole filter is the request's
  EXPECT_EQ(out.filter.document, "d");
}

TEST(ConvertTest, MemoryDefaultsGoThereAndBack) {
  v1::Memory in;
  v1::MemoryDefaults* defaults = in.mutable_defaults();
  defaults->set_priority(-3);
  defaults->set_penalty(0);
  defaults->mutable_penalties()->set_machine(12);
  MemoryInfo info;
  ASSERT_TRUE(FromProto(in, &info).ok());
  EXPECT_EQ(info.defaults, (MemoryDefaults{-3, 0, {{"machine", 12}}}));
  info.name = "m";
  EXPECT_EQ(ToProto(info).defaults().SerializeAsString(), defaults->SerializeAsString());
  defaults->set_penalty(101);
  EXPECT_EQ(FieldOf(FromProto(in, &info)), "defaults.penalty");
  defaults->clear_penalty();
  defaults->mutable_penalties()->set_draft(-1);
  EXPECT_EQ(FieldOf(FromProto(in, &info)), "defaults.penalties.draft");
  in.clear_defaults();
  ASSERT_TRUE(FromProto(in, &info).ok());
  EXPECT_EQ(info.defaults, MemoryDefaults()) << "nothing of before is left";
  EXPECT_FALSE(ToProto(info).has_defaults());
}

TEST(ConvertTest, APenaltySaysWhose) {
  Match match;
  match.penalties = {{"machine", 12, "", TermSource::kMemory}, {"draft", 3, ""}};
  const v1::Match out = ToProto(match);
  EXPECT_EQ(out.penalties(0).source(), v1::PENALTY_SOURCE_MEMORY);
  EXPECT_EQ(out.penalties(1).source(), v1::PENALTY_SOURCE_DEFAULT);
}

TEST(ConvertTest, ProfileGoesThereAndBack) {
  v1::Profile in;
  in.set_display_name("d");
  in.set_description("e");
  v1::ProfileMemory* memory = in.add_memories();
  memory->set_name("memories/news");
  memory->set_read(false);
  memory->set_write(true);
  memory->set_priority(-4);
  memory->set_penalty(3);
  in.add_memories()->set_name("memories/old");
  v1::LookupOptions* lookup = in.mutable_lookup();
  lookup->set_threshold(60);
  lookup->set_floor(0);
  lookup->set_max_results(7);
  lookup->set_order(v1::MATCH_ORDER_SCORE);
  lookup->set_adapt(false);
  lookup->set_pivot(true);
  lookup->set_other_scripts(false);
  lookup->mutable_penalties()->set_pivot(0);
  v1::UnitFilter* filter = lookup->mutable_filter();
  filter->add_origins(v1::ORIGIN_HUMAN);
  filter->set_min_status(v1::VARIANT_STATUS_REVIEWED);
  filter->add_authors("ann");
  filter->mutable_changed_from()->set_seconds(5);
  filter->mutable_changed_to()->set_seconds(9);
  filter->set_document("x");
  filter->set_exclude_document("y");
  (*filter->mutable_attributes())["k"].add_values("v");
  Profile profile;
  ASSERT_TRUE(FromProto(in, &profile).ok());
  profile.name = "ui";
  v1::Profile out = ToProto(profile);
  EXPECT_EQ(out.name(), "profiles/ui");
  EXPECT_TRUE(out.memories(1).read());  // absent = read
  out.mutable_memories(1)->clear_read();
  out.clear_name();
  out.clear_create_time();
  out.clear_update_time();
  EXPECT_EQ(out.DebugString(), in.DebugString());
}

TEST(ConvertTest, ProfileErrorsNameTheField) {
  v1::Profile in;
  in.add_memories()->set_name("news");
  Profile out;
  EXPECT_EQ(FieldOf(FromProto(in, &out)), "memories[0].name");
  in.mutable_memories(0)->set_name("memories/news");
  in.mutable_memories(0)->set_penalty(101);
  EXPECT_EQ(FieldOf(FromProto(in, &out)), "memories[0].penalty");
  in.mutable_memories(0)->set_penalty(0);
  in.mutable_lookup()->set_want_total(true);
  EXPECT_EQ(FieldOf(FromProto(in, &out)), "lookup.want_total");
  in.mutable_lookup()->set_want_total(false);
  in.mutable_lookup()->mutable_penalties()->set_script(-1);
  EXPECT_EQ(FieldOf(FromProto(in, &out)), "lookup.penalties.script");
  EXPECT_EQ(FieldOf(ParseProfileName("profile", "memories/ui").status()), "profile");
  EXPECT_EQ(FieldOf(ParseProfileName("profile", "profiles/UI").status()), "profile");
  EXPECT_EQ(*ParseProfileName("profile", "profiles/ui"), "ui");
}

TEST(ConvertTest, AnImportsLocaleMapIsChecked) {
  v1::ImportConfig config;
  (*config.mutable_locale_map())["EN_us"] = "en-gb";
  ImportOptions options;
  ASSERT_TRUE(FromProto(config, &options).ok());
  EXPECT_EQ(*options.locale_map.Canonical("en-US"), "en-GB");
  (*config.mutable_locale_map())["x\xFF\n"] = "en";
  EXPECT_EQ(FieldOf(FromProto(config, &options)), "locale_map[\"x?\n\"]");
  config.mutable_locale_map()->clear();
  (*config.mutable_locale_map())["a"] = "english";
  EXPECT_EQ(FieldOf(FromProto(config, &options)), "locale_map[\"a\"]");
}

TEST(ConvertTest, ImportCountsAreTheSumOfTheirParts) {
  ImportReport report;
  report.read = 100;  // some of it waits for its batch
  report.added = 1;
  report.updated = 2;
  report.merged = 4;
  report.skipped = 8;
  report.refused = 16;
  EXPECT_EQ(ToProto(report).units_read(), 31u);
}

// Big refusals are sent in messages that a client takes, and what stands around them only when it changes.
TEST(ConvertTest, FindingsGoIntoMessagesOfBoundedSize) {
  ImportNews news;
  const auto frame = std::make_shared<const UnitFrame>(UnitFrame{"head", "open", "close", "tail"});
  const auto other = std::make_shared<const UnitFrame>(UnitFrame{"head", "other", "close", "tail"});
  const std::string big(1 << 20, '\xFF');
  for (int i = 0; i < 10; ++i) {
    news.refusals.push_back({static_cast<uint64_t>(i), "u", "why", std::make_shared<RawUnit>(RawUnit{big, frame})});
  }
  news.refusals.push_back({10, "u", "why", std::make_shared<RawUnit>(RawUnit{"x", other})});
  news.refusals.push_back({11, "u", "no unit"});
  for (uint64_t i = 0; i < 2500; ++i) news.warnings.push_back({i, "", "bad \xFF date"});
  ImportReport report;
  report.refused = 12;
  report.refusals_by_kind.Add("why 1");
  report.refusals_by_kind.Add("why 2");
  ImportMessages messages("token");
  const std::vector<v1::ImportResponse> packed = messages.Pack(report, news, 0, 77, true);
  EXPECT_GT(packed.size(), 5u);
  std::vector<uint64_t> lines, warnings, frames;
  for (const v1::ImportResponse& message : packed) {
    EXPECT_LT(message.ByteSizeLong(), size_t{4 << 20});
    EXPECT_EQ(message.resume_token(), "token");
    EXPECT_EQ(message.counts().bytes_read(), 77u);
    EXPECT_EQ(message.done(), &message == &packed.back());
    for (const v1::ImportRefusal& refusal : message.refusals()) {
      lines.push_back(refusal.line());
      if (refusal.has_frame()) frames.push_back(refusal.line());
    }
    for (const v1::ImportWarning& warning : message.warnings()) warnings.push_back(warning.line());
  }
  EXPECT_EQ(lines.size(), 12u);
  EXPECT_EQ(frames, (std::vector<uint64_t>{0, 10}));
  EXPECT_EQ(warnings.size(), 2500u);
  ASSERT_EQ(packed.back().refusals_by_kind_size(), 1);
  EXPECT_EQ(packed.back().refusals_by_kind(0).reason(), "why N");
  EXPECT_EQ(packed.back().refusals_by_kind(0).count(), 2u);
  // What was sent before is not sent again, and a frame that the caller knows neither.
  const std::vector<v1::ImportResponse> more = messages.Pack(report, news, 10, 78, false);
  EXPECT_EQ(more.front().refusals_size(), 2);
  EXPECT_FALSE(more.front().refusals(0).has_frame());
}

TEST(ConvertTest, EnumNumbersAreShared) {
  EXPECT_EQ(static_cast<int>(PutOutcome::kRefused), v1::PUT_OUTCOME_REFUSED);
  EXPECT_EQ(static_cast<int>(Format::kText), v1::FORMAT_TEXT);
  EXPECT_EQ(static_cast<int>(Format::kXliff12), v1::FORMAT_XLIFF_12);
  EXPECT_EQ(static_cast<int>(Format::kXliff2), v1::FORMAT_XLIFF_2);
  EXPECT_EQ(static_cast<int>(Format::kPo), v1::FORMAT_PO);
  EXPECT_EQ(static_cast<int>(Format::kJsonl), v1::FORMAT_JSONL);
  EXPECT_EQ(static_cast<int>(Format::kCsv), v1::FORMAT_CSV);
  EXPECT_EQ(static_cast<int>(Format::kCsv), v1::Format_MAX);
  EXPECT_EQ(static_cast<int>(TmxFlavor::kOmegat), v1::TMX_FLAVOR_OMEGAT);
  EXPECT_EQ(static_cast<int>(TmxFlavor::kOmegat), v1::TmxFlavor_MAX);
  EXPECT_EQ(static_cast<int>(DuplicatePolicy::kSkip), v1::DUPLICATE_POLICY_SKIP);
  EXPECT_EQ(static_cast<int>(Band::kFuzzy), v1::BAND_FUZZY);
  EXPECT_EQ(static_cast<int>(Edit::Kind::kDeleted), v1::Edit::KIND_DELETED);
  EXPECT_EQ(static_cast<int>(VariantStatus::kRejected), v1::VARIANT_STATUS_REJECTED);
  EXPECT_EQ(static_cast<int>(Origin::kImport), v1::ORIGIN_IMPORT);
  EXPECT_EQ(static_cast<int>(MatchOrder::kRelevance), v1::MATCH_ORDER_RELEVANCE);
  EXPECT_EQ(static_cast<int>(Neighbour::State::kText), v1::Neighbour::STATE_TEXT);
  EXPECT_EQ(static_cast<int>(Code::Kind::kStandalone), v1::Code::KIND_STANDALONE);
}

}  // namespace
}  // namespace reprise
