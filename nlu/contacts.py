"""Recipients said by name: `给老妈充50`, `把136…存成老妈`."""

from __future__ import annotations

import re

from nlu.lexicon import Lexicon
from nlu.page import Mark

_NAME = r"[\u4e00-\u9fff]{1,5}?"
_OWN = re.compile(r"^(?:我家|我们家|咱家|俺家|我|俺|咱|他|她)(?=[\u4e00-\u9fff])")


class Contacts:
    """Finds people named as recipients."""

    def __init__(self, lexicon: Lexicon) -> None:
        people = "|".join(map(re.escape, lexicon.words("contacts.people")))
        done = "|".join(map(re.escape, lexicon.words("contacts.done_for")))
        self._nobody = frozenset(lexicon.words("contacts.nobody"))
        self._known = re.compile(
            rf"(?:给|帮|替|为|送给|送|帮忙给|俾|同|孝敬)\s*(?:我家|我们家|咱家|我|俺|咱)?(?:的)?({people})(?!说|让|叫|问|告诉)"
        )
        self._anyone = re.compile(rf"(?:给|帮|替|俾)\s*({_NAME}|[a-z]{{2,10}})\s*(?:{done})")
        self._whose = re.compile(
            rf"^\s*(?:就|用|充)?(?:我家|我|俺)?({people})的?(?:那个|这个)?(?:手机号|号码|手机|电话|号)[\s。吧呗!]*$"
        )
        self._saved = re.compile(
            rf"(?:存成|存为|存作|备注成|备注为|备注|记成|记为|保存为|保存成|设为|设成|标记为|标记成|命名为|叫做|名字叫|以后叫|叫|as)\s*(?:我家|我)?({_NAME}|[a-z]{{2,10}})(?:的号码|的号|的手机|的电话|吧|哈|啊|呗|了|就行|就好|，|,|。|!|\s|$)"
        )
        self._owned = re.compile(
            rf"(?:^|[，,。\s是住存下把加保])(?:我家|我|俺)?({people}|[\u4e00-\u9fff]{{2,3}}?)的?(?:手机号码|手机号|电话号码|号码|手机|电话|号|qq|账号)"
        )

    def recipient(self, text: str) -> Mark[str] | None:
        """The person for whom something is ordered."""
        for pattern in (self._known, self._anyone, self._whose):
            for match in pattern.finditer(text):
                name = _OWN.sub("", match[1])
                if name and name not in self._nobody and not any(word == name for word in self._nobody):
                    return Mark(name, match.start(1), match.end(1))
        return None

    def remembered(self, text: str) -> Mark[str] | None:
        """The name under which a recipient is to be remembered."""
        for pattern in (self._saved, self._owned, self._known):
            for match in pattern.finditer(text):
                name = _OWN.sub("", match[1])
                if name and name not in self._nobody:
                    return Mark(name, match.start(1), match.end(1))
        return None
