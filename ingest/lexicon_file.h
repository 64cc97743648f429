// The files of ingest/lexicon, as they are built into the program.
#pragma once

#include <string_view>

namespace partnergraph {

// The bytes of a file by its name ("surnames.txt"). Crashes when there is none of that name: the
// build decides which there are.
std::string_view LexiconFile(std::string_view name);

}  // namespace partnergraph
