#!/usr/bin/env python3
"""Writes the character tables that are built into the program.

The facts come from the dictionaries of HanLP 1.x (https://github.com/hankcs/HanLP, data/dictionary, Apache-2.0):
tc/t2s.txt, whose single characters are those of OpenCC's TSCharacters (Apache-2.0), and pinyin/pinyin.txt; places from
https://github.com/modood/Administrative-divisions-of-China (dist, WTFPL).

  make_tables.py simplified t2s.txt > ../simplified_table.inc
  make_tables.py pinyin pinyin.txt > ../pinyin_table.inc
  make_tables.py places DIRECTORY_OF_THE_CSV_FILES > ../place_table.inc
"""
import sys

HEADER = """// Written by tables/make_tables.py, which says where the facts come from. Do not edit.
// clang-format off
"""
FIRST, LAST = 0x3400, 0x9FFF  # CJK Unified Ideographs Extension A to CJK Unified Ideographs.
COLUMNS = 80

# Variants in use in company and person names that OpenCC leaves alone.
VARIANTS = dict("倣仿 廻回 榖谷 濬浚 燄焰 瑯琅 砲炮 簷檐 粧妆 鎗枪".replace(" ", "")[i:i + 2] for i in range(0, 20, 2))

# Readings in place and family names that the dictionary lacks.
READINGS = {"厦": ["xia"], "六": ["lu"], "单": ["shan"], "仇": ["qiu"], "曾": ["zeng"], "盖": ["ge"], "尉": ["yu"],
            "解": ["xie"], "区": ["ou"], "查": ["zha"], "朴": ["piao"], "任": ["ren"], "乐": ["yue", "le"],
            "长": ["chang", "zhang"], "行": ["xing", "hang"], "重": ["zhong", "chong"], "都": ["du", "dou"],
            "蚌": ["beng"], "台": ["tai"], "繁": ["po"], "翟": ["zhai"], "覃": ["qin", "tan"], "谌": ["chen"],
            "缪": ["miao"], "万": ["wan", "mo"], "尹": ["yin"], "员": ["yun"], "召": ["shao"], "华": ["hua"],
            "亳": ["bo"], "堡": ["bao", "pu"], "番": ["pan", "fan"], "铅": ["yan"], "浚": ["xun", "jun"]}


def is_han(char):
    return len(char) == 1 and FIRST <= ord(char) <= LAST


def read(path):
    with open(path, encoding="utf-8") as file:
        for line in file:
            key, separator, value = line.rstrip("\n").partition("=")
            if separator:
                yield key, value


def write_strings(name, chars):
    print(f"inline constexpr char32_t {name}[] =")
    rows = [chars[i:i + COLUMNS] for i in range(0, len(chars), COLUMNS)]
    for row in rows:
        print(f'    U"{row}"' + (";" if row is rows[-1] else ""))


def write_simplified(path):
    pairs = {t: s for t, s in read(path) if is_han(t) and len(s) == 1 and t != s}
    pairs.update(VARIANTS)
    for traditional in pairs:  # Chains end at the last form, so that mapping twice changes nothing.
        while pairs[traditional] in pairs:
            pairs[traditional] = pairs[pairs[traditional]]
    keys = sorted(pairs)
    print(HEADER, end="")
    write_strings("kTraditional", "".join(keys))
    write_strings("kSimplified", "".join(pairs[key] for key in keys))
    print("// clang-format on")


def write_pinyin(path):
    readings = {}
    for key, value in read(path):
        if is_han(key):
            plain = [s.rstrip("0123456789").replace("u:", "v").replace("ü", "v") for s in value.split(",")]
            readings[key] = [s for s in plain if s.isascii() and s.isalpha() and s.islower()]
    for char, more in READINGS.items():
        readings[char] = readings.get(char, []) + more
    print(HEADER, end="")
    print("struct PinyinRow {\n  const char* syllable;\n  const char32_t* chars;\n};")
    rest = [(char, distinct) for char, r in readings.items() if (distinct := list(dict.fromkeys(r)))]
    for rank, name in enumerate(("kFirstReadings", "kSecondReadings", "kThirdReadings", "kFourthReadings")):
        by_syllable = {}
        for char, distinct in rest:
            if len(distinct) > rank:
                by_syllable.setdefault(distinct[rank], []).append(char)
        print(f"// Characters by their reading number {rank + 1}, the most usual one being the first.")
        print(f"inline constexpr PinyinRow {name}[] = {{")
        line = "   "
        for syllable in sorted(by_syllable):
            chars = "".join(sorted(by_syllable[syllable]))
            rows = [chars[i:i + COLUMNS] for i in range(0, len(chars), COLUMNS)]
            text = "\n      ".join(f'U"{row}"' for row in rows)
            if len(line) + len(text) > COLUMNS:
                print(line)
                line = "   "
            line += f' {{"{syllable}", {text}}},'
        print(f"{line}\n}};")
    print("// clang-format on")


PROVINCE_ENDS = ("特别行政区", "维吾尔自治区", "壮族自治区", "回族自治区", "自治区", "省", "市")


def write_places(directory):
    """Places that stand in front of company names: provinces and cities without the word for what they are."""
    places = {"香港", "澳门", "台湾"}
    for file in ("provinces.csv", "cities.csv"):
        with open(f"{directory}/{file}", encoding="utf-8") as lines:
            for line in list(lines)[1:]:
                name = line.split(",")[1].strip('"\n')
                for end in PROVINCE_ENDS:
                    if name.endswith(end) and len(name) - len(end) >= 2:
                        places.add(name[:-len(end)])
                        break
    print(HEADER, end="")
    print("inline constexpr std::u32string_view kChinesePlaces[] = {")
    row = "   "
    for place in sorted(places, key=lambda place: (-len(place), place)):
        if len(row) > 70:
            print(row)
            row = "   "
        row += f' U"{place}",'
    print(f"{row}\n}};\n// clang-format on")


if __name__ == "__main__":
    writers = {"simplified": write_simplified, "pinyin": write_pinyin, "places": write_places}
    if len(sys.argv) != 3 or sys.argv[1] not in writers:
        sys.exit(__doc__)
    writers[sys.argv[1]](sys.argv[2])
