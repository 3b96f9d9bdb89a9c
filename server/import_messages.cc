#include "server/import_messages.h"

#include <algorithm>

#include "server/convert.h"
#include "server/wire.h"

namespace reprise {
namespace {

// A message goes out at so many findings or bytes, which keeps it below a client's default limit of 4 MiB: a refusal
// has 1 MiB of its own and four parts of a frame of little over 64 KiB.
constexpr int kFindingsPerMessage = 1000;
constexpr size_t kBytesPerMessage = 2 << 20;

std::string Quoted(std::string_view text) {
  constexpr size_t kMaxQuoted = 1024;
  return ReplaceBadUtf8(text.substr(0, kMaxQuoted));
}

v1::UnitFrame ToProto(const UnitFrame& in) {
  v1::UnitFrame out;
  out.set_head(in.head);
  out.set_open(in.open);
  out.set_close(in.close);
  out.set_tail(in.tail);
  out.set_remark_begin(in.remark_begin);
  out.set_remark_end(in.remark_end);
  return out;
}

v1::ImportWarning ToProto(const Warning& in) {
  v1::ImportWarning out;
  out.set_line(in.line);
  out.set_unit(Quoted(in.unit));
  out.set_text(Quoted(in.text));
  return out;
}

void AddKinds(const ReasonCounts& counts, google::protobuf::RepeatedPtrField<v1::ReasonCount>* out) {
  for (const auto& [reason, count] : counts.Sorted()) {
    v1::ReasonCount* kind = out->Add();
    kind->set_reason(Quoted(reason));
    kind->set_count(count);
  }
}

}  // namespace

absl::Status FromProto(const v1::ImportConfig& in, ImportOptions* out) {
  RETURN_IF_ERROR(FromProto("format", in.format(), &out->format));
  RETURN_IF_ERROR(FromProto("duplicate_policy", in.duplicate_policy(), &out->policy));
  RETURN_IF_ERROR(CheckLength("file_name", in.file_name(), kMaxFileNameBytes));
  RETURN_IF_ERROR(CheckLength("source_locale", in.source_locale(), kMaxNameBytes));
  RETURN_IF_ERROR(CheckLength("target_locale", in.target_locale(), kMaxNameBytes));
  RETURN_IF_ERROR(CheckLength("actor", in.actor(), kMaxActorBytes));
  RETURN_IF_ERROR(CheckLength("resume_token", in.resume_token(), kMaxNameBytes));
  for (const auto& [from, to] : in.locale_map()) {
    RETURN_IF_ERROR(WithField(out->locale_map.Add(from, to), "locale_map[\"" + Quoted(from) + "\"]"));
  }
  out->file_name = in.file_name();
  out->source_locale = in.source_locale();
  out->target_locale = in.target_locale();
  out->actor = in.actor();
  out->dry_run = in.dry_run();
  out->keep_raw = in.send_raw();
  out->resumable = in.resumable();
  out->resume_token = in.resume_token();
  return absl::OkStatus();
}

v1::ImportCounts ToProto(const ImportReport& in) {
  v1::ImportCounts out;
  // What was read but is not durable yet is not counted yet.
  out.set_units_read(in.added + in.updated + in.merged + in.skipped + in.refused);
  out.set_added(in.added);
  out.set_updated(in.updated);
  out.set_merged(in.merged);
  out.set_skipped(in.skipped);
  out.set_refused(in.refused);
  out.set_sequence(in.sequence);
  out.set_warnings(in.warnings);
  return out;
}

v1::ImportRefusal ImportMessages::Message(const Refusal& in) {
  v1::ImportRefusal out;
  out.set_line(in.line);
  out.set_unit(Quoted(in.unit));
  out.set_reason(Quoted(in.reason));
  if (in.raw == nullptr) return out;
  out.set_raw(in.raw->bytes);
  if (in.raw->frame != frame_) {
    frame_ = in.raw->frame;
    *out.mutable_frame() = ToProto(*frame_);
  }
  return out;
}

std::vector<v1::ImportResponse> ImportMessages::Pack(const ImportReport& report, const ImportNews& news, size_t first,
                                                     uint64_t bytes_read, bool done) {
  std::vector<v1::ImportResponse> messages;
  size_t bytes = 0;
  int findings = 0;
  const auto begin = [&] {
    v1::ImportResponse& message = messages.emplace_back();
    *message.mutable_counts() = ToProto(report);
    message.mutable_counts()->set_bytes_read(bytes_read);
    message.set_resume_token(resume_token_);
    bytes = 0;
    findings = 0;
  };
  // The message with room for one more.
  const auto room = [&](size_t more) -> v1::ImportResponse& {
    if (++findings > kFindingsPerMessage || (bytes != 0 && bytes + more > kBytesPerMessage)) begin();
    bytes += more;
    return messages.back();
  };
  begin();
  for (size_t i = first; i < news.refusals.size(); ++i) {
    v1::ImportRefusal refusal = Message(news.refusals[i]);
    *room(refusal.ByteSizeLong()).add_refusals() = std::move(refusal);
  }
  for (const Warning& found : news.warnings) {
    v1::ImportWarning warning = ToProto(found);
    *room(warning.ByteSizeLong()).add_warnings() = std::move(warning);
  }
  if (done) {
    messages.back().set_done(true);
    AddKinds(report.refusals_by_kind, messages.back().mutable_refusals_by_kind());
    AddKinds(report.warnings_by_kind, messages.back().mutable_warnings_by_kind());
  }
  return messages;
}

}  // namespace reprise
