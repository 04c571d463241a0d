"""What runs of Schemathesis over the OpenAPI document add: see schemathesis.toml."""

import zlib

import schemathesis

# lines that are told for as long as somebody listens: only an event stream may be left in the middle
ENDLESS = {"/hub/v1/events": "text/event-stream"}


@schemathesis.hook
def before_call(context, case, kwargs):
    """Asks for each documented representation in turn: which, follows from what else is asked."""
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
        asked = repr((case.operation.label, case.path_parameters, case.query))
        case.headers["Accept"] = ENDLESS.get(case.operation.path, types[zlib.crc32(asked.encode()) % len(types)])


@schemathesis.check
def only_contexts_of_callers_time_out(ctx, response, case):
    """504 is the answer to an @context of the caller that is not to be had (CIM 009 v1.9.1, 6.3.2), and to nothing else."""
    if response.status_code == 504 and "LdContextNotAvailable" not in response.text:
        raise AssertionError(f"504 is no LdContextNotAvailable: {response.text[:200]}")
