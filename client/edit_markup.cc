#include "client/edit_markup.h"

#include <algorithm>

#include "client/utf8.h"

namespace reprise::client {
namespace {

// The script with neighbouring changes joined, so that "two days" -> "three weeks" is one change.
std::vector<EditSpan> JoinChanges(const std::vector<EditSpan>& edits) {
  std::vector<EditSpan> joined;
  for (const EditSpan& edit : edits) {
    if (edit.equal || joined.empty() || joined.back().equal) {
      joined.push_back(edit);
      continue;
    }
    EditSpan& last = joined.back();
    // An empty range says where nothing stands; it must not widen the other.
    if (edit.query_begin < edit.query_end) {
      if (last.query_begin == last.query_end) last.query_begin = edit.query_begin;
      last.query_end = edit.query_end;
    }
    if (edit.stored_begin < edit.stored_end) {
      if (last.stored_begin == last.stored_end) last.stored_begin = edit.stored_begin;
      last.stored_end = edit.stored_end;
    }
  }
  return joined;
}

std::string Removed(std::string_view text, const Terminal& terminal) {
  return text.empty() ? "" : terminal.Paint(Style::kRemoved, "[-" + Printable(text) + "-]");
}

std::string Added(std::string_view text, const Terminal& terminal) {
  return text.empty() ? "" : terminal.Paint(Style::kAdded, "{+" + Printable(text) + "+}");
}

}  // namespace

std::string MarkEdits(std::string_view query, std::string_view stored, const std::vector<EditSpan>& edits,
                      const Terminal& terminal) {
  std::string out;
  uint32_t stored_at = 0;
  uint32_t query_at = 0;
  const std::vector<EditSpan> joined = JoinChanges(edits);
  for (size_t i = 0; i < joined.size(); ++i) {
    const EditSpan& edit = joined[i];
    const uint32_t stored_begin = std::max(edit.stored_begin, stored_at);
    const bool stored_empty = edit.stored_end <= stored_begin;
    if (!stored_empty) out += Printable(SliceCodePoints(stored, stored_at, stored_begin));
    if (!edit.equal && edit.query_end > edit.query_begin) {
      uint32_t from = edit.query_begin;
      uint32_t to = edit.query_end;
      // What only the query has brings the space before it along (at the start: after it), unless something takes its
      // place.
      if (stored_empty) from = std::min(query_at, from);
      if (stored_empty && i == 0 && joined.size() > 1) to = std::max(to, joined[1].query_begin);
      out += Removed(SliceCodePoints(query, from, to), terminal);
    }
    if (!stored_empty) {
      const std::string_view text = SliceCodePoints(stored, stored_begin, edit.stored_end);
      out += edit.equal ? Printable(text) : Added(text, terminal);
      stored_at = edit.stored_end;
    }
    query_at = std::max(query_at, edit.query_end);
  }
  return out + Printable(SliceCodePoints(stored, stored_at, UINT32_MAX));
}

}  // namespace reprise::client
