"""Units of measure as they are spoken, and the words before which 2 is 两."""

from __future__ import annotations

UNITS = {
    "mmol/L": "毫摩尔每升",
    "mg/dL": "毫克每分升",
    "mg/kg": "毫克每千克",
    "km/h": "公里每小时",
    "m/s": "米每秒",
    "mmHg": "毫米汞柱",
    "kWh": "千瓦时",
    **dict.fromkeys(("kg", "KG", "Kg"), "公斤"),
    "mg": "毫克",
    **dict.fromkeys(("μg", "µg", "ug"), "微克"),
    "g": "克",
    **dict.fromkeys(("ml", "mL", "ML", "cc"), "毫升"),
    "L": "升",
    **dict.fromkeys(("km²", "km2"), "平方公里"),
    **dict.fromkeys(("km", "KM"), "公里"),
    **dict.fromkeys(("cm", "CM"), "厘米"),
    "mm": "毫米",
    **dict.fromkeys(("m²", "m2", "㎡"), "平方米"),
    **dict.fromkeys(("m³", "m3", "㎥"), "立方米"),
    "m": "米",
    "kW": "千瓦",
    "W": "瓦",
    "kV": "千伏",
    "V": "伏",
    "min": "分钟",
    "h": "小时",
    "s": "秒",
    "dB": "分贝",
    "t": "吨",
}
"""Sign to word, used after a number only."""

PAIRED = (
    *"个人位名天年点次周片粒米秒家户种项条件张支针剂盒瓶杯遍步倍句辆台只间万亿千元块",
    *"斤升吨类岁口袋包所座场例份层克头亩把根套顿批勺碗滴",
    *("小时", "分钟", "公里", "公斤", "公分", "毫升", "毫克", "平方", "立方", "厘米"),
)
"""Before these 2 is spoken 两; elsewhere (二号, 二月, 二楼, 第二) it is 二."""

PER = "元次片粒升克里米斤吨度盒支针剂瓶个人块角分毫"
"""A slash after these means 每."""
