// An engine that passes every call on to another: the base of those that fail, count or aim at some of them.
//
//   class FailingKv : public ForwardingKv { ... std::unique_ptr<KvIngest> NewIngest() override; ... };
//
// Thread-safety: as the engine behind it.
#ifndef REPRISE_TESTS_TESTING_FORWARDING_KV_H_
#define REPRISE_TESTS_TESTING_FORWARDING_KV_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <utility>

#include "storage/kv.h"

namespace reprise::testing {

class ForwardingKv : public Kv {
 public:
  explicit ForwardingKv(std::unique_ptr<Kv> kv) : kv_(std::move(kv)) {}
  absl::Status Commit(const KvBatch& batch, Durability durability) override { return kv_->Commit(batch, durability); }
  std::shared_ptr<const KvSnapshot> Snapshot() override { return kv_->Snapshot(); }
  std::unique_ptr<KvIngest> NewIngest() override { return kv_->NewIngest(); }
  absl::Status DropRange(KvTable table, std::string_view begin, std::string_view end) override {
    return kv_->DropRange(table, begin, end);
  }
  void ExpectIngests(bool expected) override { kv_->ExpectIngests(expected); }
  void WillRead(KvTable table, std::string_view begin, std::string_view end) override {
    kv_->WillRead(table, begin, end);
  }
  void WarmUp(KvTable table, const std::function<bool()>& stopped) override { kv_->WarmUp(table, stopped); }
  absl::Status Flush() override { return kv_->Flush(); }
  uint64_t DiskBytes() override { return kv_->DiskBytes(); }
  uint64_t RangeBytes(KvTable table, std::string_view begin, std::string_view end) override {
    return kv_->RangeBytes(table, begin, end);
  }

 protected:
  Kv& target() { return *kv_; }

 private:
  const std::unique_ptr<Kv> kv_;
};

class ForwardingIngest : public KvIngest {
 public:
  explicit ForwardingIngest(std::unique_ptr<KvIngest> ingest) : ingest_(std::move(ingest)) {}
  absl::Status Put(KvTable table, std::string_view key, std::string_view value) override {
    return ingest_->Put(table, key, value);
  }
  absl::Status Delete(KvTable table, std::string_view key) override { return ingest_->Delete(table, key); }
  absl::Status EndFile(KvTable table) override { return ingest_->EndFile(table); }
  void Place(KvTable table, Placement placement) override { ingest_->Place(table, placement); }
  void MaySeeEarlier(KvTable table) override { ingest_->MaySeeEarlier(table); }
  absl::Status Finish() override { return ingest_->Finish(); }

 private:
  const std::unique_ptr<KvIngest> ingest_;
};

}  // namespace reprise::testing

#endif  // REPRISE_TESTS_TESTING_FORWARDING_KV_H_
