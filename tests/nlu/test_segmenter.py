"""Talk is cut into the words of the trade, and one shop's words are no other's."""

from __future__ import annotations

import subprocess
import sys

from nlu.segmenter import Segmenter


def test_known_words_stay_whole_and_the_rest_falls_apart() -> None:
    words = Segmenter(["话费", "充话费", "多少钱"]).words("充话费要多少钱呀")
    assert words == ["充话费", "要", "多少钱", "呀"]


def test_a_longer_word_beats_the_two_it_is_made_of() -> None:
    assert Segmenter(["腾讯", "视频", "腾讯视频"]).words("腾讯视频") == ["腾讯视频"]


def test_two_segmenters_share_no_words() -> None:
    Segmenter(["大会员"])
    assert Segmenter(["会员"]).words("大会员") == ["大", "会员"]


def test_nothing_is_lost_in_cutting() -> None:
    text = "abc 充100元，谢谢！\n138"
    assert "".join(Segmenter(["谢谢"]).words(text)) == text


def test_the_tokenizer_comes_without_what_it_does_not_need() -> None:
    told = subprocess.run(
        [sys.executable, "-c", "import sys, nlu.segmenter; print('pkg_resources' in sys.modules)"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert told.stdout.strip() == "False"
