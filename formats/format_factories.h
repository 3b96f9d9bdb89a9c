// One constructor per format, for unit_stream.cc only: callers use NewUnitReader and NewUnitWriter.
#ifndef REPRISE_FORMATS_FORMAT_FACTORIES_H_
#define REPRISE_FORMATS_FORMAT_FACTORIES_H_

#include <memory>

#include "formats/unit_stream.h"

namespace reprise {

std::unique_ptr<UnitReader> NewTmxReader(const ReadOptions& options, UnitSink* sink);
std::unique_ptr<UnitReader> NewTsvReader(const ReadOptions& options, UnitSink* sink);
std::unique_ptr<UnitReader> NewTextReader(const ReadOptions& options, UnitSink* sink);
std::unique_ptr<UnitReader> NewXliffReader(const ReadOptions& options, UnitSink* sink);
std::unique_ptr<UnitReader> NewPoReader(const ReadOptions& options, UnitSink* sink);
std::unique_ptr<UnitWriter> NewXliff12Writer(const WriteOptions& options, ByteSink* sink);
std::unique_ptr<UnitWriter> NewXliff2Writer(const WriteOptions& options, ByteSink* sink);
std::unique_ptr<UnitReader> NewJsonlReader(const ReadOptions& options, UnitSink* sink);
std::unique_ptr<UnitWriter> NewJsonlWriter(const WriteOptions& options, ByteSink* sink);
std::unique_ptr<UnitReader> NewCsvReader(const ReadOptions& options, UnitSink* sink);
std::unique_ptr<UnitWriter> NewCsvWriter(const WriteOptions& options, ByteSink* sink);
std::unique_ptr<UnitWriter> NewPoWriter(const WriteOptions& options, ByteSink* sink);
std::unique_ptr<UnitWriter> NewTmxWriter(const WriteOptions& options, ByteSink* sink);
std::unique_ptr<UnitWriter> NewTsvWriter(const WriteOptions& options, ByteSink* sink);

}  // namespace reprise

#endif  // REPRISE_FORMATS_FORMAT_FACTORIES_H_
