"""Reads calendar objects with libical: a JSON list of texts on standard input, what it found in each on standard output."""

import json
import sys

import gi

gi.require_version("ICalGLib", "3.0")
from gi.repository import ICalGLib  # noqa: E402


def person(prop):
    if prop is None:
        return None
    name = prop.get_first_parameter(ICalGLib.ParameterKind.CN_PARAMETER)
    return {
        "name": None if name is None else name.get_cn(),
        "address": prop.get_value_as_string(),
    }


def words(event, kind):
    prop = event.get_first_property(kind)
    return None if prop is None else prop.get_value().as_ical_string()


def read(text):
    kinds = ICalGLib.PropertyKind
    try:
        calendar = ICalGLib.Component.new_from_string(text)
    except TypeError:  # what the binding makes of "this is no calendar"
        return None
    event = calendar.get_first_component(ICalGLib.ComponentKind.VEVENT_COMPONENT)
    if event is None:
        return None
    return {
        "isLawful": bool(calendar.check_restrictions()),
        "errors": calendar.count_errors(),
        "method": words(calendar, kinds.METHOD_PROPERTY),
        "events": calendar.count_components(ICalGLib.ComponentKind.VEVENT_COMPONENT),
        "properties": event.count_properties(kinds.ANY_PROPERTY),
        "uid": event.get_uid(),
        "sequence": event.get_sequence(),
        "start": words(event, kinds.DTSTART_PROPERTY),
        "end": words(event, kinds.DTEND_PROPERTY),
        "summary": event.get_summary(),
        "description": event.get_description(),
        "location": event.get_location(),
        "status": words(event, kinds.STATUS_PROPERTY),
        "organizer": person(event.get_first_property(kinds.ORGANIZER_PROPERTY)),
        "attendee": person(event.get_first_property(kinds.ATTENDEE_PROPERTY)),
    }


json.dump([read(text) for text in json.load(sys.stdin)], sys.stdout)
