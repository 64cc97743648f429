// Annotations of texts that are not ours to copy: they point into the files of public data by line
// and by offset, and hold no text themselves.
//
// A file of annotations has one JSON object a line, in the shape of the annotation guidelines, with
// these differences:
//
//   "set", "line": file of the public data, JSON Lines with "title" and "text", and its line from 1
//   "digest": FNV-1a (64 bits, 16 hexadecimal digits) of the text that the offsets count in, by
//             which another edition of the data is noticed
//   "bytes":  bytes of "text" that were annotated; absent for all
//   mentions, evidence, titles of posts and locations: [begin, end) in UTF-8 bytes of
//             title + "\n" + text. The first mention of an entity is its canonical name.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "ingest/training/training_set.h"

namespace partnergraph {

// Reads the annotations of all *.jsonl files of a folder, in the order of their names and lines,
// with their texts from the folder of public data. NOT_FOUND when a file is missing,
// FAILED_PRECONDITION when a text is not the one that was annotated, INVALID_ARGUMENT for a wrong
// annotation, such as an id that stands twice or an offset inside a character; each names file and
// line.
absl::StatusOr<std::vector<GoldArticle>> ReadAnnotatedCorpora(const std::string& annotations_folder,
                                                              const std::string& data_folder);

}  // namespace partnergraph
