"""Asks a running hub with the generated client: writes, reads, queries and is refused; prints what it saw as JSON."""

import json
import sys

from urban_data_hub_client import Client
from urban_data_hub_client.api.discovery import retrieve_entity_types
from urban_data_hub_client.api.entities import create_entity, query_entities, retrieve_entity
from urban_data_hub_client.models import Entity, ProblemDetails

STATION = "urn:ngsi-ld:AirQualityObserved:thai-nguyen:python"
client = Client(base_url=sys.argv[1])

entity = Entity.from_dict(
    {
        "@context": "https://thainguyen.gov.vn/ontology/urban/v1/context.jsonld",
        "id": STATION,
        "type": "AirQualityObserved",
        "pm25": {"type": "Property", "value": 42.5, "unitCode": "GQ", "observedAt": "2025-11-15T01:00:00Z"},
    }
)
created = create_entity.sync_detailed(client=client, body=entity)
again = create_entity.sync_detailed(client=client, body=entity)
found = query_entities.sync(client=client, type_="AirQualityObserved", q="pm25>40", limit=3)
missing = retrieve_entity.sync(client=client, id="urn:ngsi-ld:AirQualityObserved:none")
assert isinstance(missing, ProblemDetails)
types = retrieve_entity_types.sync(client=client)

json.dump(
    {
        "created": created.status_code,
        "again": again.parsed.title,
        "found": [one.to_dict() for one in found],
        "missing": missing.detail,
        "types": types.to_dict(),
    },
    sys.stdout,
)
