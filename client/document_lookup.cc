#include "client/document_lookup.h"

#include <cstdio>
#include <map>
#include <utility>

#include "client/content.h"
#include "client/lookup_pipeline.h"
#include "client/names.h"
#include "formats/po_vocabulary.h"
#include "reprise/v1/units.grpc.pb.h"

namespace reprise::client {
namespace {

Proposal ProposalOf(const v1::Match& match) {
  Proposal proposal;
  proposal.score = match.score();
  proposal.band = BandWord(match.band());
  proposal.source = FromProto(match.source());
  proposal.target = FromProto(match.target().content());
  proposal.source_locale = match.source_locale();
  proposal.target_locale = match.target().locale();
  proposal.origin = OriginWord(match.target().origin());
  proposal.memory = ShortMemory(match.memory());
  proposal.unit_id = ShortUnit(match.unit());
  for (const v1::Penalty& penalty : match.penalties()) {
    proposal.penalties.push_back({penalty.name(), penalty.points(), penalty.detail()});
  }
  for (const v1::Edit& edit : match.edits()) {
    proposal.edits.push_back(
        {EditWord(edit.kind()), edit.query_begin(), edit.query_end(), edit.stored_begin(), edit.stored_end()});
  }
  proposal.below_threshold = match.below_threshold();
  proposal.draft = match.target().status() == v1::VARIANT_STATUS_DRAFT;
  proposal.machine = match.target().origin() == v1::ORIGIN_MACHINE;
  proposal.plural_changed = match.plural_changed();
  proposal.pivot = match.pivot();
  proposal.key_agrees = match.agreement().key();
  return proposal;
}

class DocumentLookup {
 public:
  DocumentLookup(const v1::LookupStreamRequest& first, const Document& document, const std::string& name,
                 const std::string& from, const std::vector<std::string>& locales)
      : first_(first), document_(document), name_(name), from_(from) {
    LocalizedDocument localized;
    localized.original = name;
    localized.source_locale = from;
    for (size_t i = 0; i < document.segments().size(); ++i) {
      localized.sentences.push_back({document.segments()[i], {}});
      if (!document.segments()[i].locked) wanted_.push_back(i);
    }
    for (const std::string& locale : locales) {
      localized.target_locale = locale;
      localized_.push_back(localized);
    }
  }

  absl::StatusOr<std::vector<LocalizedDocument>> Run(Session* session) {
    LookupPipeline pipeline(session);
    RETURN_IF_ERROR(pipeline.Run([this](v1::LookupStreamRequest* request) { return Fill(request); },
                                 [this](const v1::LookupStreamResponse& answer) { return Take(answer); }));
    RETURN_IF_ERROR(FindForms(session));
    return std::move(localized_);
  }

 private:
  // The writing thread's: it reads the sources only, which do not change.
  bool Fill(v1::LookupStreamRequest* request) {
    if (asked_ == localized_.size() * wanted_.size()) return false;
    if (asked_ == 0) *request = first_;
    const size_t at = wanted_[asked_ % wanted_.size()];
    v1::Query* query = request->mutable_query();
    ToProto(document_.segments()[at].source, query->mutable_content());
    query->set_source_locale(from_);
    query->set_target_locale(localized_[asked_ / wanted_.size()].target_locale);
    FillContext(document_, at, name_, from_, query->mutable_context());
    ++asked_;
    return true;
  }

  // Which plural forms the proposals are, where the document asks for one of many.
  absl::Status FindForms(Session* session) {
    std::map<std::string, std::vector<uint32_t>> known;  // by unit
    auto stub = v1::Units::NewStub(session->channel());
    for (LocalizedDocument& localized : localized_) {
      for (LocalizedSentence& sentence : localized.sentences) {
        if (!sentence.segment.form.has_value()) continue;
        for (Proposal& proposal : sentence.proposals) {
          if (proposal.unit_id.empty()) continue;  // put together from several
          const std::string name = UnitName(proposal.memory, proposal.unit_id);
          const auto [forms, fresh] = known.try_emplace(name);
          if (fresh) RETURN_IF_ERROR(ReadForms(session, stub.get(), name, &forms->second));
          proposal.forms = forms->second;
        }
      }
    }
    return absl::OkStatus();
  }

  static absl::Status ReadForms(Session* session, v1::Units::Stub* stub, const std::string& name,
                                std::vector<uint32_t>* forms) {
    v1::GetUnitRequest request;
    request.set_name(name);
    v1::Unit unit;
    const absl::Status status = FromGrpc(stub->GetUnit(session->NewContext().get(), request, &unit));
    if (absl::IsNotFound(status)) return absl::OkStatus();  // deleted since: it says nothing
    RETURN_IF_ERROR(status);
    const auto indices = unit.attributes().find(po::kPluralIndex);
    if (indices == unit.attributes().end()) return absl::OkStatus();
    for (const std::string& index : indices->second.values()) {
      if (index.size() == 1 && index[0] >= '0' && index[0] <= '9')
        forms->push_back(static_cast<uint32_t>(index[0] - '0'));
    }
    return absl::OkStatus();
  }

  absl::Status Take(const v1::LookupStreamResponse& answer) {
    LocalizedDocument& localized = localized_[taken_ / wanted_.size()];
    LocalizedSentence& sentence = localized.sentences[wanted_[taken_ % wanted_.size()]];
    ++taken_;
    absl::Status status = AnswerStatus(answer);
    if (!status.ok()) {
      // One sentence that cannot be looked up has no match; what is wrong with the call is wrong with all.
      const bool only_this = MessageOf(status).find("query.content") != std::string::npos ||
                             MessageOf(status).find("query.context") != std::string::npos;
      if (!only_this) return status;
      std::fprintf(stderr, "reprise: sentence %s has no match: %s\n", SegmentId(sentence.segment).c_str(),
                   Printable(MessageOf(status)).c_str());
      return absl::OkStatus();
    }
    for (const v1::Match& match : answer.response().matches()) sentence.proposals.push_back(ProposalOf(match));
    return absl::OkStatus();
  }

  const v1::LookupStreamRequest& first_;
  const Document& document_;
  const std::string& name_;
  const std::string& from_;
  std::vector<size_t> wanted_;  // segments that are looked up
  std::vector<LocalizedDocument> localized_;
  size_t asked_ = 0;  // the writing thread's
  size_t taken_ = 0;
};

}  // namespace

absl::StatusOr<std::vector<LocalizedDocument>> LookUpDocument(Session* session, const v1::LookupStreamRequest& first,
                                                              const Document& document, const std::string& name,
                                                              const std::string& from,
                                                              const std::vector<std::string>& locales) {
  return DocumentLookup(first, document, name, from, locales).Run(session);
}

std::vector<FillDecision> DecideFills(const Document& document, const LocalizedDocument& localized, int limit) {
  std::vector<FillDecision> decisions;
  for (size_t i = 0; i < localized.sentences.size(); ++i) {
    decisions.push_back(
        DecideFill(localized.sentences[i], limit, [&](const Content& target) { return document.CanHold(i, target); }));
  }
  return decisions;
}

}  // namespace reprise::client
