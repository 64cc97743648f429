// A sparse array that shares structure with its copies: copying costs a pointer, setting one entry
// copies the path to it (Driscoll, Sarnak, Sleator, Tarjan 1989: path copying; the shape is that of
// Bagwell's array mapped tries with a fixed depth). Entries are immutable once set. A copy may be
// read by other threads while the original is changed.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <utility>

namespace partnergraph {

template <typename T>
class PersistentArray {
 public:
  // Nullptr when nothing was set there. Lives as long as this array or a copy that has it.
  const T* Find(uint32_t index) const {
    const Node* node = root_.get();
    for (int shift = kTopShift; node != nullptr && shift > 0; shift -= kBits) {
      node = static_cast<const Node*>(node->slots[index >> shift & kMask].get());
    }
    return node == nullptr ? nullptr : static_cast<const T*>(node->slots[index & kMask].get());
  }

  void Set(uint32_t index, T value) {
    root_ = WithSlot(root_.get(), kTopShift, index, std::make_shared<const T>(std::move(value)));
  }

 private:
  static constexpr int kBits = 4;
  static constexpr int kLevels = 8;  // 32 bits.
  static constexpr int kTopShift = kBits * (kLevels - 1);
  static constexpr uint32_t kFanout = 1u << kBits;
  static constexpr uint32_t kMask = kFanout - 1;

  // Slots of the last level hold entries, others hold nodes.
  struct Node {
    std::array<std::shared_ptr<const void>, kFanout> slots;
  };

  static std::shared_ptr<const Node> WithSlot(const Node* root, int top_shift, uint32_t index,
                                              std::shared_ptr<const T> entry) {
    std::shared_ptr<Node> new_root =
        root == nullptr ? std::make_shared<Node>() : std::make_shared<Node>(*root);
    Node* node = new_root.get();
    for (int shift = top_shift; shift > 0; shift -= kBits) {
      std::shared_ptr<const void>& slot = node->slots[index >> shift & kMask];
      const Node* old = static_cast<const Node*>(slot.get());
      std::shared_ptr<Node> copy =
          old == nullptr ? std::make_shared<Node>() : std::make_shared<Node>(*old);
      node = copy.get();
      slot = std::move(copy);
    }
    node->slots[index & kMask] = std::move(entry);
    return new_root;
  }

  std::shared_ptr<const Node> root_;
};

}  // namespace partnergraph
