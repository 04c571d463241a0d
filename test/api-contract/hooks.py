"""What runs of Schemathesis over the OpenAPI document add: see schemathesis.toml."""

import zlib
from urllib.parse import parse_qs, urlsplit

import schemathesis
from schemathesis.core.failures import AcceptedNegativeData

# that of the caller
PURPOSE = "trial"
# so many seconds a request may wait for something to be told, and so many it does here
MOST_WAITING = 60
WAITING = 1
# lines that are told for as long as somebody listens: only an event stream may be left in the middle
ENDLESS = {"/hub/v1/events": "text/event-stream"}


@schemathesis.hook
def before_call(context, case, kwargs):
    """Asks for each documented representation in turn: which, follows from what else is asked."""
    asked = zlib.crc32(repr((case.operation.label, case.path_parameters, case.query)).encode())
    # who has not the purpose is refused before anything else is looked at: that need not be asked of every operation
    if "Hub-Purpose" in case.headers and asked % 16:
        case.headers["Hub-Purpose"] = PURPOSE
    wait = str((case.query or {}).get("wait", ""))
    if wait.isdecimal() and WAITING < int(wait) <= MOST_WAITING:
        case.query["wait"] = WAITING
    if any(name.lower() == "accept" for name in case.headers):
        return
    types = sorted(
        {
            media_type
            for response in case.operation.responses.iter_successful_responses()
            for media_type in response.definition.get("content", {})
        }
    )
    if types:
        case.headers["Accept"] = ENDLESS.get(case.operation.path, types[asked % len(types)])


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """A parameter without a value counts as absent (CIM 009 v1.9.1, 6.3.20): what is wrong with it was not asked."""
    if not isinstance(failure, AcceptedNegativeData):
        return True
    # as it was sent: an object without members is an empty text there
    parameters = parse_qs(urlsplit(response.request.url).query, keep_blank_values=True)
    return not any(all(value == "" for value in values) for values in parameters.values())


@schemathesis.check
def only_contexts_of_callers_time_out(ctx, response, case):
    """504 is the answer to an @context of the caller that is not to be had (CIM 009 v1.9.1, 6.3.2), and to nothing else."""
    if response.status_code == 504 and "LdContextNotAvailable" not in response.text:
        raise AssertionError(f"504 is no LdContextNotAvailable: {response.text[:200]}")
