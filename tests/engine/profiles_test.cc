// Profiles in an engine: kept over a restart, checked, and memories held by them.
#include "engine/profiles.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>

#include "engine/translation_memory.h"
#include "storage/memory_kv.h"

namespace reprise {
namespace {

using ::testing::HasSubstr;

// All that a profile can hold.
Profile Full() {
  Profile profile;
  profile.name = "ui";
  profile.display_name = "User interface";
  profile.description = "What the editors use";
  profile.memories = {{{"news", 0, 0}, true, true}, {{"old", -3, 5}, true, false}, {{"mine", 7, 0}, false, true}};
  LookupDefaults& lookup = profile.lookup;
  lookup.threshold = 60;
  lookup.floor = 40;
  lookup.max_results = 9;
  lookup.order = MatchOrder::kRelevance;
  lookup.adapt = true;
  lookup.pivot = false;
  lookup.other_scripts = true;
  lookup.penalties = {{"machine", 0}, {"pivot", 12}};
  UnitFilter& filter = lookup.filter.emplace();
  filter.origins = {Origin::kHuman, Origin::kAlignment};
  filter.min_status = VariantStatus::kReviewed;
  filter.authors = {"ann", "bob"};
  filter.changed_from_us = 1000;
  filter.changed_to_us = 5000;
  filter.document = "a.txt";
  filter.exclude_document = "b.txt";
  filter.attributes["client"] = {"acme", "zeta"};
  return profile;
}

void ExpectSame(const Profile& got, const Profile& wanted) {
  EXPECT_EQ(got.name, wanted.name);
  EXPECT_EQ(got.display_name, wanted.display_name);
  EXPECT_EQ(got.description, wanted.description);
  EXPECT_EQ(got.memories, wanted.memories);
  EXPECT_EQ(got.lookup, wanted.lookup);
}

class ProfilesTest : public ::testing::Test {
 protected:
  ProfilesTest() {
    auto tm = TranslationMemory::OpenOn(NewMemoryKv(), {});
    EXPECT_TRUE(tm.ok()) << tm.status();
    tm_ = *std::move(tm);
    for (const char* name : {"news", "old", "mine"}) EXPECT_TRUE(tm_->CreateMemory({.name = name}).ok());
  }
  Profiles& profiles() { return tm_->profiles(); }

  std::unique_ptr<TranslationMemory> tm_;
};

TEST_F(ProfilesTest, WhatIsStoredIsReadAndListedByName) {
  auto created = profiles().Create(Full());
  ASSERT_TRUE(created.ok()) << created.status();
  EXPECT_GT(created->created_us, 0);
  Profile small;
  small.name = "a";
  small.memories = {{{"old"}}};
  ASSERT_TRUE(profiles().Create(small).ok());
  auto got = profiles().Get("ui");
  ASSERT_TRUE(got.ok()) << got.status();
  ExpectSame(*got, Full());
  const std::vector<Profile> list = profiles().List();
  ASSERT_EQ(list.size(), 2u);
  ExpectSame(list[0], small);
  ExpectSame(list[1], Full());
  EXPECT_EQ(ReasonOf(profiles().Create(small).status()), "PROFILE_EXISTS");
}

TEST_F(ProfilesTest, AnUpdateReplacesAllButNameAndBirth) {
  const auto created = profiles().Create(Full());
  ASSERT_TRUE(created.ok()) << created.status();
  Profile changed;
  changed.name = "ui";
  changed.memories = {{{"mine", 0, 1}}};
  const auto updated = profiles().Update(changed);
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->created_us, created->created_us);
  EXPECT_GE(updated->updated_us, created->updated_us);
  ExpectSame(*profiles().Get("ui"), changed);
  changed.name = "other";
  EXPECT_EQ(ReasonOf(profiles().Update(changed).status()), "PROFILE_NOT_FOUND");
}

TEST_F(ProfilesTest, AMemoryThatIsNamedCannotBeDeleted) {
  Profile profile = Full();
  ASSERT_TRUE(profiles().Create(profile).ok());
  profile.name = "web";
  ASSERT_TRUE(profiles().Create(profile).ok());
  const absl::Status held = tm_->DeleteMemory("old");
  EXPECT_EQ(held.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ReasonOf(held), "MEMORY_IN_USE");
  EXPECT_THAT(MessageOf(held), HasSubstr("profiles \"ui\", \"web\""));
  EXPECT_TRUE(tm_->GetMemory("old").ok());
  ASSERT_TRUE(profiles().Delete("web").ok());
  EXPECT_THAT(MessageOf(tm_->DeleteMemory("old")), HasSubstr("profile \"ui\""));
  profile = Full();
  profile.memories.erase(profile.memories.begin() + 1);
  ASSERT_TRUE(profiles().Update(profile).ok());
  EXPECT_TRUE(tm_->DeleteMemory("old").ok());
  EXPECT_EQ(ReasonOf(profiles().Delete("web")), "PROFILE_NOT_FOUND");
}

TEST_F(ProfilesTest, WhatIsWrongIsNamed) {
  const auto field = [this](auto change) {
    Profile profile = Full();
    change(&profile);
    const absl::Status status = profiles().Create(profile).status();
    EXPECT_FALSE(status.ok());
    return FieldOf(status);
  };
  EXPECT_EQ(field([](Profile* p) { p->name = "No"; }), "name");
  EXPECT_EQ(field([](Profile* p) { p->description = "\xff"; }), "description");
  EXPECT_EQ(field([](Profile* p) { p->memories.clear(); }), "memories");
  EXPECT_EQ(field([](Profile* p) { p->memories.resize(101, p->memories[0]); }), "memories");
  EXPECT_EQ(field([](Profile* p) { p->memories[1].ref.name = "news"; }), "memories[1].name");
  EXPECT_EQ(field([](Profile* p) { p->memories[1].ref.name = "gone"; }), "memories[1].name");
  EXPECT_EQ(field([](Profile* p) { p->memories[1].ref.penalty = 101; }), "memories[1].penalty");
  EXPECT_EQ(field([](Profile* p) { p->memories[1].read = false; }), "memories[1]");
  EXPECT_EQ(field([](Profile* p) { p->lookup.threshold = 0; }), "lookup.threshold");
  EXPECT_EQ(field([](Profile* p) { p->lookup.floor = 61; }), "lookup.floor");
  EXPECT_EQ(field([](Profile* p) { p->lookup.penalties["pivots"] = 1; }), "lookup.penalties");
  EXPECT_EQ(field([](Profile* p) { p->lookup.penalties["pivot"] = -1; }), "lookup.penalties.pivot");
  EXPECT_TRUE(profiles().List().empty());
}

TEST_F(ProfilesTest, ReadableAndWritable) {
  Profile profile = Full();
  const auto read = ReadableMemories(profile);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(*read,
            (std::vector<MemoryRef>{{"news", 0, 0, TermSource::kProfile}, {"old", -3, 5, TermSource::kProfile}}));
  const absl::Status several = WritableMemory(profile).status();
  EXPECT_EQ(ReasonOf(several), "PROFILE_NOT_WRITABLE");
  EXPECT_THAT(MessageOf(several), HasSubstr("several memories to write (news, mine)"));
  profile.memories[0].write = false;
  EXPECT_EQ(*WritableMemory(profile), "mine");
  profile.memories.pop_back();
  EXPECT_THAT(MessageOf(WritableMemory(profile).status()), HasSubstr("no memory to write"));
  profile.memories = {{{"news"}, false, true}};
  EXPECT_EQ(ReasonOf(ReadableMemories(profile).status()), "PROFILE_NOT_READABLE");
}

TEST(ProfilesOnDiskTest, SurviveARestartAndARebuild) {
  const std::string dir = ::testing::TempDir() + "/profiles_test";
  std::filesystem::remove_all(dir);
  {
    auto tm = TranslationMemory::Open({.data_dir = dir});
    ASSERT_TRUE(tm.ok()) << tm.status();
    for (const char* name : {"news", "old", "mine"}) ASSERT_TRUE((*tm)->CreateMemory({.name = name}).ok());
    ASSERT_TRUE((*tm)->profiles().Create(Full()).ok());
    Profile gone = Full();
    gone.name = "gone";
    ASSERT_TRUE((*tm)->profiles().Create(gone).ok());
    ASSERT_TRUE((*tm)->profiles().Delete("gone").ok());
  }
  for (const bool rebuild : {false, true}) {
    auto tm = TranslationMemory::Open({.data_dir = dir, .rebuild = rebuild});
    ASSERT_TRUE(tm.ok()) << tm.status();
    const std::vector<Profile> list = (*tm)->profiles().List();
    ASSERT_EQ(list.size(), 1u);
    ExpectSame(list[0], Full());
    EXPECT_EQ(ReasonOf((*tm)->DeleteMemory("news")), "MEMORY_IN_USE");
  }
  std::filesystem::remove_all(dir);
}

TEST(LookupDefaultsTest, OnlyWhatIsSetChangesTheOptions) {
  LookupOptions options;
  options.threshold = 33;
  options.penalties.draft = 8;
  ApplyDefaults({}, TermSource::kProfile, &options);
  EXPECT_EQ(options.threshold, 33);
  ApplyDefaults(Full().lookup, TermSource::kProfile, &options);
  EXPECT_EQ(options.threshold, 60);
  EXPECT_EQ(options.floor, 40);
  EXPECT_EQ(options.max_results, 9);
  EXPECT_EQ(options.order, MatchOrder::kRelevance);
  EXPECT_TRUE(options.adapt);
  EXPECT_FALSE(options.pivot);
  EXPECT_TRUE(options.other_scripts);
  EXPECT_EQ(options.penalties.machine.points, 0);
  EXPECT_EQ(options.penalties.pivot.points, 12);
  EXPECT_EQ(options.penalties.draft.points, 8);
  EXPECT_EQ(options.penalties.draft.source, TermSource::kRequest);
  EXPECT_EQ(options.penalties.pivot.source, TermSource::kProfile);
  EXPECT_EQ(options.penalties.codes.source, TermSource::kDefault);
  EXPECT_EQ(options.filter, *Full().lookup.filter);
}

}  // namespace
}  // namespace reprise
