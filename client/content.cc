#include "client/content.h"

#include "formats/neighbour_chain.h"

namespace reprise::client {
namespace {

void SetNeighbour(const Document& document, size_t at, v1::Neighbour* neighbour) {
  if (at >= document.segments().size()) {
    neighbour->set_state(v1::Neighbour::STATE_EDGE);
    return;
  }
  const std::string& text = document.segments()[at].source.text;
  if (text.size() > kMaxNeighbourBytes) return;
  neighbour->set_state(v1::Neighbour::STATE_TEXT);
  neighbour->set_text(text);
}

}  // namespace

void ToProto(const Content& in, v1::Content* out) {
  out->set_text(in.text);
  for (const Code& code : in.codes) {
    v1::Code* added = out->add_codes();
    added->set_position(code.position);
    added->set_kind(static_cast<v1::Code::Kind>(code.kind));
    added->set_pair_id(code.pair_id);
    added->set_data(code.data);
    added->set_equivalent_text(code.equivalent_text);
    added->set_type(code.type);
  }
}

Content FromProto(const v1::Content& in) {
  Content out;
  out.text = in.text();
  for (const v1::Code& code : in.codes()) {
    const bool known = code.kind() == v1::Code::KIND_OPEN || code.kind() == v1::Code::KIND_CLOSE;
    out.codes.push_back({code.position(), known ? static_cast<Code::Kind>(code.kind()) : Code::Kind::kStandalone,
                         code.pair_id(), code.data(), code.equivalent_text(), code.type()});
  }
  return out;
}

void FillContext(const Document& document, size_t at, const std::string& name, const std::string& locale,
                 v1::Context* context) {
  const DocumentSegment& segment = document.segments()[at];
  context->set_document(segment.document.empty() ? name : segment.document);
  context->set_key(segment.key);
  SetNeighbour(document, PreviousSegment(document.segments(), at), &(*context->mutable_previous())[locale]);
  SetNeighbour(document, NextSegment(document.segments(), at), &(*context->mutable_next())[locale]);
}

}  // namespace reprise::client
