#include "match/assemble.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "text/locale.h"
#include "text/normalize.h"
#include "text/segmentation.h"
#include "text/slice.h"

namespace reprise {
namespace {

constexpr int kMaxAssembled = 94;

// Puts contents behind each other. Pair ids that are taken get new ones.
class Joiner {
 public:
  uint32_t size() const { return size_; }
  Content Take() { return std::move(content_); }

  void AddText(const std::string& text) {
    content_.text += text;
    size_ += static_cast<uint32_t>(CodePointCount(text));
  }
  // At the end so far, its pair id as it is.
  void AddCode(Code code) {
    code.position = size_;
    taken_.insert(code.pair_id);
    content_.codes.push_back(std::move(code));
  }
  void Reserve(uint32_t pair_id) { taken_.insert(pair_id); }
  void Add(const Content& part) {
    std::map<uint32_t, uint32_t> ids;
    for (Code code : part.codes) {
      code.position += size_;
      if (code.pair_id != 0) {
        auto [it, added] = ids.try_emplace(code.pair_id, code.pair_id);
        if (added && taken_.count(code.pair_id) > 0) it->second = *taken_.rbegin() + 1;
        taken_.insert(it->second);
        code.pair_id = it->second;
      }
      content_.codes.push_back(std::move(code));
    }
    AddText(part.text);
  }

 private:
  Content content_;
  uint32_t size_ = 0;
  std::set<uint32_t> taken_;
};

// Which of the query's codes stand between its sentences; nothing if one stands in none of them, or in two.
std::optional<std::vector<size_t>> CodesBetween(const Content& content, const std::vector<QuerySentence>& sentences) {
  std::vector<int> held(content.codes.size(), 0);
  for (const QuerySentence& sentence : sentences) {
    for (size_t i : CodesWithin(content, sentence.begin, sentence.end)) ++held[i];
  }
  std::vector<size_t> between;
  for (size_t i = 0; i < held.size(); ++i) {
    const uint32_t at = content.codes[i].position;
    const bool inside = std::any_of(sentences.begin(), sentences.end(),
                                    [at](const QuerySentence& s) { return s.begin < at && at < s.end; });
    if (held[i] > 1 || (held[i] == 0 && inside)) return std::nullopt;
    if (held[i] == 0) between.push_back(i);
  }
  return between;
}

// What stands between two sentences, as the target writes it.
std::string LocalSeparator(const std::string& separator, const Query& query) {
  const bool from_wide = WritesWide(query.source_locale), to_wide = WritesWide(query.target_locale);
  if (from_wide && !to_wide && separator.empty()) return " ";
  if (!from_wide && to_wide && separator == " ") return "";
  return separator;
}

class Assembly {
 public:
  Assembly(const Query& query, const std::vector<QuerySentence>& sentences, const std::vector<size_t>& between)
      : query_(query), sentences_(sentences), between_(between) {
    for (size_t i : between) target_.Reserve(query.content.codes[i].pair_id);
    match_.assembled = true;
    match_.source_locale = query.source_locale;
    match_.target.locale = query.target_locale;
    match_.target.status = VariantStatus::kFinal;
  }

  Match Make(std::vector<std::optional<Match>> found) {
    for (size_t i = 0; i < sentences_.size(); ++i) {
      Separate(i == 0 ? 0 : sentences_[i - 1].end, sentences_[i].begin, i == 0);
      Add(sentences_[i], found[i]);
    }
    Separate(sentences_.back().end, static_cast<uint32_t>(CodePointCount(query_.content.text)), true);
    match_.source = source_.Take();
    match_.target.content = target_.Take();
    match_.base.base = std::min<int>(kMaxAssembled, static_cast<int>(earned_ / std::max<uint64_t>(1, letters_)));
    match_.score = match_.base.base;
    return std::move(match_);
  }

 private:
  // What stands between two sentences, [begin, end) of the query, or outside of them.
  void Separate(uint32_t begin, uint32_t end, bool outside) {
    auto codes = [&](bool behind) {
      for (size_t i : between_) {
        const Code& code = query_.content.codes[i];
        if (code.position < begin || code.position > end || used_.count(i) > 0) continue;
        if ((code.position == begin && !outside) == behind) continue;
        used_.insert(i);
        target_.AddCode(code);
      }
    };
    codes(false);
    const std::string text = SliceContent(query_.content, begin, end).text;
    target_.AddText(outside ? text : LocalSeparator(text, query_));
    if (!outside && source_.size() > 0) source_.AddText(text);
    codes(true);
  }

  void Add(const QuerySentence& sentence, std::optional<Match>& found) {
    const Content asked = SliceContent(query_.content, sentence.begin, sentence.end);
    const std::vector<Token> tokens = Tokenize(asked);
    const uint64_t letters = std::max(1u, TotalWeight(tokens));
    letters_ += letters;
    MatchPart part;
    part.query_begin = sentence.begin;
    part.query_end = sentence.end;
    part.target_begin = target_.size();
    std::vector<Edit> edits;
    if (found.has_value()) {
      AddMatch(&*found, letters, &part);
      edits = std::move(found->edits);
    } else {
      target_.Add(asked);
      match_.base.max_weight += TotalWeight(tokens);
      match_.target.status = VariantStatus::kDraft;
      edits = ExplainEdits(tokens, {});
    }
    for (Edit& edit : edits) {
      edit.query_begin += sentence.begin;
      edit.query_end += sentence.begin;
      edit.stored_begin += source_.size();
      edit.stored_end += source_.size();
      match_.edits.push_back(edit);
    }
    if (found.has_value()) source_.Add(found->source);
    part.target_end = target_.size();
    match_.parts.push_back(std::move(part));
  }

  void AddMatch(Match* found, uint64_t letters, MatchPart* part) {
    earned_ += letters * static_cast<uint64_t>(std::min(100, found->score));
    part->score = found->score;
    part->source = found->source;
    part->memory = found->memory;
    part->unit = found->unit;
    part->revision = found->revision;
    for (Substitution& change : found->substitutions) {
      const bool placed = change.target_end != 0;
      if (placed) change.target_begin += target_.size(), change.target_end += target_.size();
      match_.substitutions.push_back(std::move(change));
    }
    target_.Add(found->target.content);
    match_.base.shared += found->base.shared;
    match_.base.max_weight += found->base.max_weight;
    match_.fallback |= found->fallback;
    match_.plural_changed |= found->plural_changed;
    match_.target.changed_us = std::max(match_.target.changed_us, found->target.changed_us);
    if (StatusRank(found->target.status) < StatusRank(match_.target.status)) {
      match_.target.status = found->target.status;
    }
  }

  const Query& query_;
  const std::vector<QuerySentence>& sentences_;
  const std::vector<size_t>& between_;
  std::set<size_t> used_;  // of the codes between
  Joiner target_, source_;
  Match match_;
  uint64_t earned_ = 0;   // letters times percent
  uint64_t letters_ = 0;  // of all sentences
};

}  // namespace

bool SentencesKeepCodes(const Content& content, const std::vector<QuerySentence>& sentences) {
  return CodesBetween(content, sentences).has_value();
}

std::vector<QuerySentence> SentencesOf(const Query& query) {
  std::vector<QuerySentence> out;
  uint32_t at = 0;
  for (const Sentence& sentence : SplitSentences(query.content.text, query.source_locale)) {
    at += static_cast<uint32_t>(CodePointCount(sentence.before));
    const uint32_t begin = at;
    at += static_cast<uint32_t>(CodePointCount(sentence.text));
    out.push_back({begin, at});
  }
  return out;
}

Query SentenceQuery(const Query& query, const std::vector<QuerySentence>& sentences, size_t index) {
  Query out;
  out.content = SliceContent(query.content, sentences[index].begin, sentences[index].end);
  out.source_locale = query.source_locale;
  out.target_locale = query.target_locale;
  out.context.document = query.context.document;
  auto text_of = [&](size_t i) {
    return Neighbour{.state = Neighbour::State::kText,
                     .text = SliceContent(query.content, sentences[i].begin, sentences[i].end).text};
  };
  if (index > 0) {
    out.context.previous[query.source_locale] = text_of(index - 1);
  } else {
    out.context.previous = query.context.previous;
  }
  if (index + 1 < sentences.size()) {
    out.context.next[query.source_locale] = text_of(index + 1);
  } else {
    out.context.next = query.context.next;
  }
  return out;
}

std::optional<Match> AssembleMatch(const Query& query, const std::vector<QuerySentence>& sentences,
                                   std::vector<std::optional<Match>> found, std::string* why) {
  const std::optional<std::vector<size_t>> between = CodesBetween(query.content, sentences);
  if (!between.has_value()) {
    *why = "inline codes reach from one sentence into another";
    return std::nullopt;
  }
  return Assembly(query, sentences, *between).Make(std::move(found));
}

}  // namespace reprise
