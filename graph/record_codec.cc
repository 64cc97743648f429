#include "graph/record_codec.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

namespace partnergraph {

std::string EncodeRecord(const google::protobuf::MessageLite& record) {
  std::string bytes;
  google::protobuf::io::StringOutputStream stream(&bytes);
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);  // Maps have no order of their own.
  record.SerializeToCodedStream(&coded);
  return bytes;
}

}  // namespace partnergraph
