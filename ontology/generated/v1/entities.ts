// Entity types of the ontology, generated from ontology/source: do not edit.

/** What every instance of an attribute may say besides its value. */
export interface Instance {
  readonly observedAt?: string
  readonly expiresAt?: string
  readonly datasetId?: string
  readonly createdAt?: string
  readonly modifiedAt?: string
}

/** A value, in the one unit that its attribute has (UN/CEFACT code). */
export interface Property<Value, Unit extends string = never> extends Instance {
  readonly type: 'Property'
  readonly value: Value
  readonly unitCode?: Unit
}

/** A link to another entity, of one of these types where that is known. */
export interface Relationship<Target extends string = string, Object = string> extends Instance {
  readonly type: 'Relationship'
  readonly object: Object
  readonly objectType?: Target | readonly Target[]
}

/** A text in several languages. */
export interface LanguageProperty extends Instance {
  readonly type: 'LanguageProperty'
  readonly languageMap: Readonly<Record<string, string | readonly string[]>>
}

/** A place, longitude first. */
export interface GeoProperty<Type extends string = string> extends Instance {
  readonly type: 'GeoProperty'
  readonly value: { readonly type: Type; readonly coordinates: readonly unknown[] }
}

/** A time, as a text or typed. */
export type Time<Type extends string> = string | { readonly '@type': Type; readonly '@value': string }

/** One instance, or several with a datasetId each. */
export type Several<One> = One | readonly One[]

/** What every entity has. */
export interface EntityOf<Type extends string> {
  readonly '@context'?: unknown
  readonly id: string
  readonly type: Type | readonly string[]
  readonly scope?: string | readonly string[]
}

type ValueOf<Attribute> = Attribute extends readonly (infer One)[]
  ? ValueOf<One>
  : Attribute extends { readonly value: infer Value }
    ? Value
    : Attribute extends { readonly languageMap: infer Map }
      ? { readonly languageMap: Map }
      : Attribute extends { readonly object: infer Object }
        ? Object
        : Attribute

/** An entity in simplified form: values in place of attributes (`options=simplified`). */
export type Simplified<Entity> = { readonly [Name in keyof Entity]: ValueOf<Entity[Name]> }

export type ObservationStatusValue = 'measuring' | 'calibrating' | 'deviceError'
export type QualityFlagValue = 'outlier' | 'stuck'
export type LaneDirectionValue = 'forward' | 'backward'
export type VehicleTypeValue = 'bicycle' | 'motorcycle' | 'threeWheeledVehicle' | 'car' | 'van' | 'bus' | 'minibus' | 'lorry' | 'articulatedVehicle' | 'trailer' | 'tanker' | 'specialVehicle' | 'other' | 'any'
export type ParkingStatusValue = 'open' | 'closed' | 'full'
export type PowerStateValue = 'on' | 'off' | 'low' | 'bootingUp'
export type AlarmLevelValue = 'none' | 'alarm1' | 'alarm2' | 'alarm3' | 'aboveAlarm3'
export type WaterKindValue = 'surfaceWater' | 'groundwater' | 'wasteWater' | 'drinkingWater'
export type WasteKindValue = 'household' | 'organic' | 'inorganic' | 'glass' | 'plastic' | 'metal' | 'paper' | 'oil' | 'batteries' | 'electronics' | 'construction' | 'medical' | 'hazardous' | 'other'
export type AlertSeverityValue = 'informational' | 'low' | 'medium' | 'high' | 'critical'
export type DeviceStatusValue = 'operational' | 'maintenance' | 'faulty' | 'retired'
export type ExtentValue = 'full' | 'partial'
export type AirQualityLevelValue = 'good' | 'moderate' | 'poor' | 'bad' | 'veryBad' | 'hazardous'
export type AirQualityIndexMethodValue = 'VN_AQI' | 'US_AQI'
export type PhaseTypeValue = 'singlePhase' | 'threePhase'
export type AdministrativeLevelValue = 'province' | 'district' | 'commune'
export type AdministrativeCategoryValue = 'province' | 'city' | 'district' | 'ward' | 'commune' | 'township'
export type ConfidenceValue = 'high' | 'medium' | 'low'
export type AlertStatusValue = 'active' | 'ended'
export type AlertMessageTypeValue = 'alert' | 'update' | 'cancel'
export type AlertUrgencyValue = 'immediate' | 'expected' | 'future' | 'past' | 'unknown'
export type AlertCertaintyValue = 'observed' | 'likely' | 'possible' | 'unlikely' | 'unknown'
export type PermitStatusValue = 'received' | 'inProgress' | 'granted' | 'refused' | 'revoked' | 'expired'
export type DataFeedStatusValue = 'running' | 'waiting' | 'failed' | 'stopped'
export type ChargingStatusValue = 'working' | 'full' | 'empty' | 'outOfService' | 'withIncidence'
export type RouteTypeValue = 'tram' | 'subway' | 'rail' | 'bus' | 'ferry'
export type TripDirectionValue = 'outbound' | 'inbound'
export type CalculationFrequencyValue = 'hourly' | 'daily' | 'weekly' | 'biweekly' | 'monthly' | 'bimonthly' | 'quarterly' | 'yearly'
export type StandingValue = 'veryGood' | 'good' | 'fair' | 'bad' | 'veryBad'
export type MeteredMediumValue = 'electricity' | 'water' | 'heat' | 'gas'
export type CustomerCategoryValue = 'household' | 'business' | 'administration' | 'public' | 'grid'
export type SpotStatusValue = 'free' | 'occupied' | 'reserved' | 'closed' | 'unknown'
export type RainLevelValue = 'none' | 'light' | 'moderate' | 'heavy' | 'veryHeavy'
export type AccidentStatusValue = 'onGoing' | 'solved'
export type ServiceRequestStatusValue = 'received' | 'inProgress' | 'resolved' | 'rejected'
export type StreetlightStatusValue = 'ok' | 'defectiveLamp' | 'columnIssue' | 'brokenLantern'
export type PlanLevelValue = 'general' | 'zoning' | 'detailed' | 'province' | 'sector'
export type PlanStatusValue = 'drafting' | 'consultation' | 'approved' | 'adjusted' | 'expired'
export type ProjectStatusValue = 'proposed' | 'approved' | 'underway' | 'suspended' | 'completed' | 'cancelled'
export type ServiceStatusValue = 'parked' | 'onRoute' | 'broken' | 'outOfService'
export type WasteContainerStatusValue = 'ok' | 'lidOpen' | 'dropped' | 'moved' | 'vandalized' | 'burning' | 'unknown'

/** What instances of attributes are; a dot leads from a type to what it narrows. */
export interface Attributes {
  readonly 'abstractedVolume': Property<number, 'MTQ'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'observationStatus': Property<ObservationStatusValue>
  readonly 'qualityFlag': Property<QualityFlagValue>
  readonly 'actionRule': Property<string>
  readonly 'activeEnergy': Property<number, 'KWH'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'activeEnergyExport': Property<number, 'KWH'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'activeEnergyImport': Property<number, 'KWH'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'address': Property<{ readonly type?: string; readonly addressCountry?: string; readonly addressRegion?: string; readonly addressLocality?: string; readonly district?: string; readonly streetAddress?: string; readonly streetNr?: string; readonly postalCode?: string; readonly postOfficeBoxNumber?: string }>
  readonly 'affects': Relationship<string>
  readonly 'ageGroup': Property<string>
  readonly 'agencyResponsible': Property<string>
  readonly 'airQualityIndex': Property<number> & { readonly indexMethod?: Attributes['indexMethod']; readonly observationStatus?: Attributes['observationStatus']; readonly airQualityLevel?: Attributes['airQualityLevel']; readonly decisiveParameter?: Attributes['decisiveParameter']; readonly subIndices?: Attributes['subIndices']; readonly calculationMethod?: Attributes['calculationMethod'] }
  readonly 'indexMethod': Property<AirQualityIndexMethodValue>
  readonly 'airQualityLevel': Property<AirQualityLevelValue>
  readonly 'decisiveParameter': Property<string>
  readonly 'subIndices': Property<{ readonly type?: string; readonly pm25?: number; readonly pm10?: number; readonly o3?: number; readonly no2?: number; readonly so2?: number; readonly co?: number }>
  readonly 'calculationMethod': Property<string>
  readonly 'alarmLevel': Property<AlarmLevelValue>
  readonly 'alarmLevel1': Property<number, 'MTR'>
  readonly 'alarmLevel2': Property<number, 'MTR'>
  readonly 'alarmLevel3': Property<number, 'MTR'>
  readonly 'alertDepth': Property<number, 'MTR'>
  readonly 'alertSource': Relationship<string>
  readonly 'alertStatus': Property<AlertStatusValue> & { readonly triggerValue?: Attributes['triggerValue']; readonly calculationMethod?: Attributes['calculationMethod'] }
  readonly 'triggerValue': Property<number>
  readonly 'alignedWith': Property<string>
  readonly 'alkalinity': Property<number, 'M1'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'allowedVehicleType': Property<VehicleTypeValue>
  readonly 'alternateName': (Property<string> | LanguageProperty)
  readonly 'ammonium': Property<number, 'M1'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'amperage': Property<number, 'AMP'>
  readonly 'approvedAt': Property<Time<'DateTime'>>
  readonly 'area': Property<number, 'KMK'>
  readonly 'areaServed': Property<string>
  readonly 'arrivesAt': Property<Time<'DateTime'>>
  readonly 'arsenic': Property<number, 'M1'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'assessedAttribute': Property<string>
  readonly 'assessedType': Property<string>
  readonly 'atmosphericPressure': Property<number, 'A97'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'availableCapacity': Property<number>
  readonly 'availableSpotNumber': Property<number>
  readonly 'averageCrowdSpeed': Property<number, 'KMH'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'averageGapDistance': Property<number, 'MTR'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'averageHeadwayTime': Property<number, 'SEC'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'averageVehicleLength': Property<number, 'MTR'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'averageVehicleSpeed': Property<number, 'KMH'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'baselineValue': Property<number>
  readonly 'batteryLevel': Property<number, 'C62'>
  readonly 'benzene': Property<number, 'GQ'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'bod5': Property<number, 'M1'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'buildingDensity': Property<number, 'C62'>
  readonly 'builtYear': Property<number>
  readonly 'cadmium': Property<number, 'M1'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'calculationFormula': Property<string>
  readonly 'calculationFrequency': Property<CalculationFrequencyValue>
  readonly 'calibratedAt': Property<Time<'DateTime'>>
  readonly 'cameraPurpose': Property<string>
  readonly 'capacity': Property<number>
  readonly 'cargoWeight': Property<number, 'KGM'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'caseCode': Property<string>
  readonly 'category': Property<string>
  readonly 'certainty': Property<AlertCertaintyValue>
  readonly 'chargeType': Property<string>
  readonly 'chloride': Property<number, 'M1'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'chromium6': Property<number, 'M1'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'circuit': Property<string>
  readonly 'cleanedAt': Property<Time<'DateTime'>>
  readonly 'cleanness': Property<number, 'C62'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'co': Property<number, 'GQ'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'co2': Property<number, 'GP'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'cod': Property<number, 'M1'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'code': Property<string>
  readonly 'coliform': Property<number> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'completeness': Property<number, 'C62'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'conductivity': Property<number, 'G42'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'confidence': Property<ConfidenceValue>
  readonly 'confidenceLevel': Property<number, 'C62'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'congested': Property<boolean>
  readonly 'contactEmail': Property<string>
  readonly 'contactPhone': Property<string>
  readonly 'containerCapacity': Property<number, 'LTR'>
  readonly 'controlledAsset': Relationship<string>
  readonly 'controlledProperty': Property<string>
  readonly 'copper': Property<number, 'M1'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'correctness': Property<number, 'C62'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'coveredHours': Property<number>
  readonly 'current': Property<{ readonly type?: string; readonly L1?: number; readonly L2?: number; readonly L3?: number; readonly L?: number; readonly N?: number }, 'AMP'>
  readonly 'currentStanding': Property<StandingValue>
  readonly 'customerCategory': Property<CustomerCategoryValue>
  readonly 'dailyRainfall': Property<number, 'MMT'> & { readonly coveredHours?: Attributes['coveredHours']; readonly calculationMethod?: Attributes['calculationMethod'] }
  readonly 'dangerDepth': Property<number, 'MTR'>
  readonly 'dataProvider': Property<string>
  readonly 'dayLevel': Property<number, '2N'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'deadCount': Property<number>
  readonly 'departsAt': Property<string>
  readonly 'derivedFrom': Relationship<string>
  readonly 'description': (Property<string> | LanguageProperty)
  readonly 'designCapacity': Property<number>
  readonly 'dewPoint': Property<number, 'CEL'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'disbursedAmount': Property<number>
  readonly 'dissolvedOxygen': Property<number, 'M1'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'dust': Property<number, 'GQ'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'eColi': Property<number> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'emptiedAt': Property<Time<'DateTime'>>
  readonly 'endPoint': GeoProperty<'Point'>
  readonly 'endsAt': Property<Time<'DateTime'>>
  readonly 'energyConsumed': Property<number, 'KWH'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'energyIntensity': Property<number> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'equivalentLevel': Property<number, '2N'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'eventType': Property<string>
  readonly 'evidenceQuery': Property<string>
  readonly 'expectedAt': Property<Time<'DateTime'>>
  readonly 'expectedCount': Property<number>
  readonly 'expectedPeriod': Property<string>
  readonly 'extent': Property<ExtentValue>
  readonly 'feedCode': Property<string>
  readonly 'feelsLikeTemperature': Property<number, 'CEL'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'fillingLevel': Property<number, 'C62'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'firmwareVersion': Property<string>
  readonly 'fleetVehicleId': Property<string>
  readonly 'floodDepth': Property<number, 'MTR'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'floorArea': Property<number, 'MTK'>
  readonly 'floorAreaRatio': Property<number>
  readonly 'floorsAboveGround': Property<number>
  readonly 'floorsBelowGround': Property<number>
  readonly 'flow': Property<number, 'MQH'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'fluoride': Property<number, 'M1'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'freeChlorine': Property<number, 'M1'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'frequency': Property<number, 'HTZ'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'grossWeight': Property<number, 'KGM'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'gustSpeed': Property<number, 'MTS'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'h2s': Property<number, 'GQ'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'handlingDays': Property<number>
  readonly 'hardwareVersion': Property<string>
  readonly 'hasParentStation': Relationship<'GtfsStop'>
  readonly 'hasRoute': Relationship<'GtfsRoute'>
  readonly 'hasService': (Property<string> | Relationship<string>)
  readonly 'hasStop': Relationship<'GtfsStop'>
  readonly 'hasTrip': Relationship<'GtfsTrip'>
  readonly 'headSign': Property<string>
  readonly 'heading': Property<number, 'DD'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'householdTag': Property<string>
  readonly 'identifier': Property<string>
  readonly 'illuminance': Property<number, 'LUX'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'illuminanceLevel': Property<number, 'C62'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'indicatorCode': Property<string>
  readonly 'indicatorValue': Property<number>
  readonly 'inflow': Property<number, 'MQH'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'injuredCount': Property<number>
  readonly 'installedAt': Property<Time<'DateTime'>>
  readonly 'instruction': (Property<string> | LanguageProperty)
  readonly 'intensity': Property<number> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'invalidCount': Property<number>
  readonly 'investor': Property<string>
  readonly 'iron': Property<number, 'M1'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'issuedAt': Property<Time<'DateTime'>>
  readonly 'landUse': Property<string>
  readonly 'landUserName': Property<string>
  readonly 'laneDirection': Property<LaneDirectionValue>
  readonly 'laneId': Property<number>
  readonly 'lanternHeight': Property<number, 'MTR'>
  readonly 'lastReportedAt': Property<Time<'DateTime'>>
  readonly 'lead': Property<number, 'GQ'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'legalBasis': Property<string>
  readonly 'legalName': Property<string>
  readonly 'length': Property<number, 'MTR'>
  readonly 'level': Property<AdministrativeLevelValue>
  readonly 'license': Property<string>
  readonly 'location': GeoProperty<string>
  readonly 'manufacturerName': Property<string>
  readonly 'mapSheetNumber': Property<number>
  readonly 'maximumAllowedHeight': Property<number, 'MTR'>
  readonly 'maximumAllowedSpeed': Property<number, 'KMH'>
  readonly 'maximumAllowedWeight': Property<number, 'KGM'>
  readonly 'maximumFloors': Property<number>
  readonly 'maximumLevel': Property<number, '2N'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'maximumParkingDuration': Property<string>
  readonly 'maximumPower': Property<number, 'WTT'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'maximumPowerAvailable': Property<number, 'KWT'>
  readonly 'maximumTemperature': Property<number, 'CEL'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'measuredDistance': Property<number, 'MTR'>
  readonly 'media': Property<string>
  readonly 'member': Relationship<'AdministrativeUnit'> & { readonly extent: Attributes['extent'] }
  readonly 'mercury': Property<number, 'GQ'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'messageType': Property<AlertMessageTypeValue>
  readonly 'meterReading': Property<number, 'MTQ'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'meteredMedium': Property<MeteredMediumValue>
  readonly 'minimumGroupSize': Property<number>
  readonly 'minimumTemperature': Property<number, 'CEL'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'modelName': Property<string>
  readonly 'name': (Property<string> | LanguageProperty)
  readonly 'netWeight': Property<number, 'KGM'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'networkAddress': Property<string>
  readonly 'nextStop': Relationship<'GtfsStop'>
  readonly 'nh3': Property<number, 'GQ'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'nickel': Property<number, 'M1'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'nitrate': Property<number, 'M1'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'nitrite': Property<number, 'M1'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'no': Property<number, 'GQ'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'no2': Property<number, 'GQ'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'nonRevenueWater': Property<number, 'C62'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'nox': Property<number, 'GQ'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'numericValue': Property<number> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'o3': Property<number, 'GQ'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'observedCount': Property<number>
  readonly 'occupancy': Property<number, 'C62'>
  readonly 'occupiedSpotNumber': Property<number>
  readonly 'occupier': Relationship<string>
  readonly 'occurredAt': Property<Time<'DateTime'>>
  readonly 'offPeakConsumption': Property<number, 'KWH'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'openingHours': Property<string>
  readonly 'operatedBy': Relationship<'GtfsAgency' | 'Organization'>
  readonly 'operator': Property<string>
  readonly 'outflow': Property<number, 'MQH'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'outlier': Property<boolean>
  readonly 'outlierCount': Property<number>
  readonly 'oxygen': Property<number, 'C62'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'pH': Property<number> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'parcelArea': Property<number, 'MTK'>
  readonly 'parcelNumber': Property<number>
  readonly 'partOf': Relationship<string>
  readonly 'passengerLoad': Property<number, 'C62'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'peakConsumption': Property<number, 'KWH'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'peopleCapacity': Property<number>
  readonly 'peopleCount': Property<number> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'peopleCountAway': Property<number> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'peopleCountTowards': Property<number> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'peopleOccupancy': Property<number> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'periodStart': Property<Time<'DateTime'>>
  readonly 'permitHolder': Property<string>
  readonly 'permitNumber': Property<string>
  readonly 'phaseActivePower': Property<{ readonly type?: string; readonly L1?: number; readonly L2?: number; readonly L3?: number; readonly L?: number; readonly N?: number }, 'WTT'>
  readonly 'phasePowerFactor': Property<{ readonly type?: string; readonly L1?: number; readonly L2?: number; readonly L3?: number; readonly L?: number; readonly N?: number }>
  readonly 'phaseReactivePower': Property<{ readonly type?: string; readonly L1?: number; readonly L2?: number; readonly L3?: number; readonly L?: number; readonly N?: number }, 'D44'>
  readonly 'phaseToPhaseVoltage': Property<{ readonly type?: string; readonly L12?: number; readonly L23?: number; readonly L31?: number }, 'VLT'>
  readonly 'phaseType': Property<PhaseTypeValue>
  readonly 'phaseVoltage': Property<{ readonly type?: string; readonly L1?: number; readonly L2?: number; readonly L3?: number; readonly L?: number; readonly N?: number }, 'VLT'>
  readonly 'phosphate': Property<number, 'M1'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'planLevel': Property<PlanLevelValue>
  readonly 'planScale': Property<string>
  readonly 'plannedPopulation': Property<number>
  readonly 'plateHash': Property<string>
  readonly 'pm1': Property<number, 'GQ'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'pm10': Property<number, 'GQ'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'pm25': Property<number, 'GQ'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'population': Property<number>
  readonly 'powerConsumption': Property<number, 'WTT'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'powerState': Property<PowerStateValue>
  readonly 'precipitation': Property<number, 'MMT'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'precipitationProbability': Property<number, 'C62'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'predecessor': Relationship<string> & { readonly extent: Attributes['extent'] }
  readonly 'progress': Property<number, 'C62'>
  readonly 'publicNotice': Property<string>
  readonly 'rainLevel': Property<RainLevelValue>
  readonly 'rainfallSinceRainDayStart': Property<number, 'MMT'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'ratedPower': Property<number, 'WTT'>
  readonly 'reactiveEnergyImport': Property<number, 'K3'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'recordsAccepted': Property<number>
  readonly 'recordsQuarantined': Property<number>
  readonly 'recordsRead': Property<number>
  readonly 'refAdministrativeUnit': Relationship<'AdministrativeUnit'>
  readonly 'refBuilding': Relationship<'Building'>
  readonly 'refDataFeed': Relationship<'DataFeed'>
  readonly 'refDevice': Relationship<'Device'>
  readonly 'refDeviceModel': Relationship<'DeviceModel'>
  readonly 'refLandParcel': Relationship<'LandParcel'>
  readonly 'refMeteringPoint': Relationship<'MeteringPoint'>
  readonly 'refParkingSite': Relationship<'OffStreetParking' | 'OnStreetParking'>
  readonly 'refPointOfInterest': Relationship<string>
  readonly 'refRoad': Relationship<'Road'>
  readonly 'refRoadSegment': Relationship<'RoadSegment'>
  readonly 'refStreetlightControlCabinet': Relationship<'StreetlightControlCabinet'>
  readonly 'refStreetlightGroup': Relationship<'StreetlightGroup'>
  readonly 'refUrbanPlan': Relationship<'UrbanPlan'>
  readonly 'refVehicle': Relationship<'Vehicle'>
  readonly 'refWasteContainer': Relationship<'WasteContainer'>
  readonly 'refWasteContainerIsle': Relationship<'WasteContainerIsle'>
  readonly 'referenceHeight': Property<number, 'MTR'>
  readonly 'relativeHumidity': Property<number, 'C62'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'reliability': Property<number, 'C62'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'remainingDistance': Property<number, 'MTR'>
  readonly 'remainingTime': Property<string>
  readonly 'repeatedCount': Property<number>
  readonly 'reporterEmail': Property<string>
  readonly 'reporterName': Property<string>
  readonly 'reporterPhone': Property<string>
  readonly 'requestCode': Property<string>
  readonly 'requestedAt': Property<Time<'DateTime'>>
  readonly 'resolvedAt': Property<Time<'DateTime'>>
  readonly 'reversedLane': Property<boolean>
  readonly 'roadClass': Property<string>
  readonly 'roadCode': Property<string>
  readonly 'roadOccupancy': Property<number, 'C62'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'routeColor': Property<string>
  readonly 'routeType': Property<RouteTypeValue>
  readonly 'rssi': Property<number, 'DBM'>
  readonly 'sender': Property<string>
  readonly 'serialNumber': Property<string>
  readonly 'serviceStatus': Property<ServiceStatusValue>
  readonly 'severity': Property<AlertSeverityValue>
  readonly 'shortName': Property<string>
  readonly 'slowLevel': Property<number, '2N'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'snr': Property<number, '2N'>
  readonly 'so2': Property<number, 'GQ'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'socketNumber': Property<number>
  readonly 'socketType': Property<string>
  readonly 'softwareVersion': Property<string>
  readonly 'solarRadiation': Property<number, 'D54'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'sonometerClass': Property<string>
  readonly 'source': Property<string>
  readonly 'sourceRecord': Property<string>
  readonly 'speed': Property<number, 'KMH'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'stackPressure': Property<number, 'A97'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'standsFor': Relationship<'AdministrativeUnit'>
  readonly 'startPoint': GeoProperty<'Point'>
  readonly 'startsAt': Property<Time<'DateTime'>>
  readonly 'stationCode': Property<string>
  readonly 'status': Property<string>
  readonly 'statusNotes': Property<string>
  readonly 'stuckCount': Property<number>
  readonly 'subCategory': Property<string>
  readonly 'succeededBy': Relationship<string> & { readonly extent: Attributes['extent'] }
  readonly 'sulphate': Property<number, 'M1'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'supportedProtocol': Property<string>
  readonly 'switchedOffAt': Property<Time<'DateTime'>>
  readonly 'switchedOnAt': Property<Time<'DateTime'>>
  readonly 'switchingMode': Property<string>
  readonly 'tareWeight': Property<number, 'KGM'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'targetValue': Property<number>
  readonly 'tds': Property<number, 'M1'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'temperature': Property<number, 'CEL'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'textValue': Property<string>
  readonly 'timeZone': Property<string>
  readonly 'timeliness': Property<number, 'C62'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'toc': Property<number, 'M1'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'totalActivePower': Property<number, 'WTT'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'totalApparentPower': Property<number, 'D46'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'totalConsumption': Property<number, 'KWH'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'totalInvestment': Property<number>
  readonly 'totalLaneNumber': Property<number>
  readonly 'totalNitrogen': Property<number, 'M1'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'totalPhosphorus': Property<number, 'M1'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'totalPowerFactor': Property<number> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'totalReactivePower': Property<number, 'D44'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'totalSpotNumber': Property<number>
  readonly 'tripDirection': Property<TripDirectionValue>
  readonly 'tsp': Property<number, 'GQ'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'tss': Property<number, 'M1'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'turbidity': Property<number> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'unitText': Property<string>
  readonly 'urgency': Property<AlertUrgencyValue>
  readonly 'uvIndex': Property<number> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'validFrom': Property<Time<'Date'>>
  readonly 'validTo': Property<Time<'Date'>>
  readonly 'vehicleCounts': Property<{ readonly type?: string; readonly bicycle?: number; readonly motorcycle?: number; readonly car?: number; readonly bus?: number; readonly lorry?: number; readonly other?: number }>
  readonly 'vehiclePlateIdentifier': Property<string>
  readonly 'vehiclePlateNotRead': Property<boolean>
  readonly 'vehicleType': Property<VehicleTypeValue>
  readonly 'viewDirection': Property<number, 'DD'>
  readonly 'violationCode': Property<string>
  readonly 'violationCount': Property<number>
  readonly 'visibility': Property<number, 'MTR'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'voltage': Property<number, 'VLT'>
  readonly 'wasteKind': Property<WasteKindValue>
  readonly 'waterBody': Property<string>
  readonly 'waterColor': Property<number> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'waterConsumption': Property<number, 'MTQ'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'waterKind': Property<WaterKindValue>
  readonly 'waterLead': Property<number, 'M1'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'waterLevel': Property<number, 'MTR'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'waterMercury': Property<number, 'M1'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'waterPressure': Property<number, 'BAR'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'weatherType': Property<string>
  readonly 'webPage': Property<string>
  readonly 'wheelchairAccessible': Property<boolean>
  readonly 'width': Property<number, 'MTR'>
  readonly 'windDirection': Property<number, 'DD'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'windSpeed': Property<number, 'MTS'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'workingHours': Property<number, 'HUR'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'workingMode': Property<string>
  readonly 'zinc': Property<number, 'M1'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'zoneCode': Property<string>
  readonly 'refDevice.many': Relationship<'Device', string | readonly string[]>
  readonly 'AdministrativeUnit.category': Property<AdministrativeCategoryValue>
  readonly 'AdministrativeUnit.name': LanguageProperty
  readonly 'AdministrativeUnit.alternateName': LanguageProperty
  readonly 'predecessor.many': Relationship<'AdministrativeUnit', string | readonly string[]> & { readonly extent: Attributes['extent'] }
  readonly 'succeededBy.many': Relationship<'AdministrativeUnit', string | readonly string[]> & { readonly extent: Attributes['extent'] }
  readonly 'AdministrativeUnit.location': GeoProperty<'Point' | 'Polygon' | 'MultiPolygon'>
  readonly 'AirQualityObserved.temperature': Property<number, 'CEL'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'refAdministrativeUnit.many': Relationship<'AdministrativeUnit', string | readonly string[]>
  readonly 'affects.many': Relationship<string, string | readonly string[]>
  readonly 'category.many': Property<string | readonly (string)[]>
  readonly 'openingHours.many': Property<string | readonly (string)[]>
  readonly 'occupier.many': Relationship<string, string | readonly string[]>
  readonly 'Camera.status': Property<DeviceStatusValue>
  readonly 'cameraPurpose.many': Property<string | readonly (string)[]>
  readonly 'CityScope.name': LanguageProperty
  readonly 'member.many': Relationship<'AdministrativeUnit', string | readonly string[]> & { readonly extent: Attributes['extent'] }
  readonly 'ConstructionPermit.status': Property<PermitStatusValue>
  readonly 'refLandParcel.many': Relationship<'LandParcel', string | readonly string[]>
  readonly 'refBuilding.many': Relationship<'Building', string | readonly string[]>
  readonly 'DataFeed.status': Property<DataFeedStatusValue>
  readonly 'controlledProperty.many': Property<string | readonly (string)[]>
  readonly 'supportedProtocol.many': Property<string | readonly (string)[]>
  readonly 'Device.status': Property<DeviceStatusValue>
  readonly 'controlledAsset.many': Relationship<string, string | readonly string[]>
  readonly 'networkAddress.many': Property<string | readonly (string)[]>
  readonly 'EmissionObserved.so2': Property<number, 'GQ'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'EmissionObserved.no2': Property<number, 'GQ'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'EmissionObserved.no': Property<number, 'GQ'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'EmissionObserved.nox': Property<number, 'GQ'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'EmissionObserved.co': Property<number, 'GQ'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'EmissionObserved.nh3': Property<number, 'GQ'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'EmissionObserved.h2s': Property<number, 'GQ'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'EmissionObserved.temperature': Property<number, 'CEL'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'EVChargingStation.status': Property<ChargingStatusValue>
  readonly 'allowedVehicleType.many': Property<VehicleTypeValue | readonly (VehicleTypeValue)[]>
  readonly 'socketType.many': Property<string | readonly (string)[]>
  readonly 'operatedBy.many': Relationship<'GtfsAgency' | 'Organization', string | readonly string[]>
  readonly 'derivedFrom.many': Relationship<string, string | readonly string[]>
  readonly 'alignedWith.many': Property<string | readonly (string)[]>
  readonly 'LandParcel.location': GeoProperty<'Polygon' | 'MultiPolygon' | 'Point'>
  readonly 'OffStreetParking.status': Property<ParkingStatusValue>
  readonly 'OnStreetParking.status': Property<ParkingStatusValue>
  readonly 'chargeType.many': Property<string | readonly (string)[]>
  readonly 'ParkingSpot.status': Property<SpotStatusValue>
  readonly 'PlanningZone.location': GeoProperty<'Polygon' | 'MultiPolygon' | 'Point'>
  readonly 'RoadAccident.status': Property<AccidentStatusValue>
  readonly 'vehicleType.many': Property<VehicleTypeValue | readonly (VehicleTypeValue)[]>
  readonly 'RoadSegment.location': GeoProperty<'LineString' | 'MultiLineString' | 'Point'>
  readonly 'RoadSegment.width': Property<number, 'MTR'>
  readonly 'refRoadSegment.many': Relationship<'RoadSegment', string | readonly string[]>
  readonly 'ServiceRequest.status': Property<ServiceRequestStatusValue>
  readonly 'media.many': Property<string | readonly (string)[]>
  readonly 'refStreetlightGroup.many': Relationship<'StreetlightGroup', string | readonly string[]>
  readonly 'switchingMode.many': Property<string | readonly (string)[]>
  readonly 'Streetlight.status': Property<StreetlightStatusValue>
  readonly 'UrbanPlan.status': Property<PlanStatusValue>
  readonly 'UrbanProject.status': Property<ProjectStatusValue>
  readonly 'refWasteContainer.many': Relationship<'WasteContainer', string | readonly string[]>
  readonly 'WasteContainer.status': Property<WasteContainerStatusValue>
  readonly 'wasteKind.many': Property<WasteKindValue | readonly (WasteKindValue)[]>
  readonly 'WaterAbstractionObserved.temperature': Property<number, 'CEL'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'WaterQualityObserved.temperature': Property<number, 'CEL'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'WeatherForecast.temperature': Property<number, 'CEL'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
  readonly 'WeatherObserved.temperature': Property<number, 'CEL'> & { readonly observationStatus?: Attributes['observationStatus']; readonly qualityFlag?: Attributes['qualityFlag'] }
}

/** AC measurement · Đo điện xoay chiều */
export interface ACMeasurement extends EntityOf<'ACMeasurement'> {
  /** Name · Tên */
  readonly name?: Several<Attributes['name']>
  /** Alternate name · Tên khác */
  readonly alternateName?: Several<Attributes['alternateName']>
  /** Description · Mô tả */
  readonly description?: Several<Attributes['description']>
  /** Location · Vị trí */
  readonly location?: Several<Attributes['location']>
  /** Address · Địa chỉ */
  readonly address?: Several<Attributes['address']>
  /** Administrative unit · Đơn vị hành chính */
  readonly refAdministrativeUnit?: Several<Attributes['refAdministrativeUnit']>
  /** Source · Nguồn dữ liệu */
  readonly source?: Several<Attributes['source']>
  /** Data provider · Đơn vị cung cấp dữ liệu */
  readonly dataProvider?: Several<Attributes['dataProvider']>
  /** Data feed · Luồng dữ liệu */
  readonly refDataFeed?: Several<Attributes['refDataFeed']>
  /** Station code · Mã trạm */
  readonly stationCode?: Several<Attributes['stationCode']>
  /** Device · Thiết bị */
  readonly refDevice?: Several<Attributes['refDevice.many']>
  /** Observation status · Tình trạng đo */
  readonly observationStatus?: Several<Attributes['observationStatus']>
  /** Period start · Bắt đầu khoảng đo */
  readonly periodStart?: Several<Attributes['periodStart']>
  /** Point of interest · Địa điểm liên quan */
  readonly refPointOfInterest?: Several<Attributes['refPointOfInterest']>
  /** Metering point · Điểm đo */
  readonly refMeteringPoint?: Several<Attributes['refMeteringPoint']>
  /** Phases · Số pha */
  readonly phaseType?: Several<Attributes['phaseType']>
  /** Frequency · Tần số, Hz, 0 to 1000 */
  readonly frequency?: Several<Attributes['frequency']>
  /** Phase voltage · Điện áp pha, V */
  readonly phaseVoltage?: Several<Attributes['phaseVoltage']>
  /** Phase to phase voltage · Điện áp dây, V */
  readonly phaseToPhaseVoltage?: Several<Attributes['phaseToPhaseVoltage']>
  /** Current · Dòng điện, A */
  readonly current?: Several<Attributes['current']>
  /** Active power by phase · Công suất tác dụng từng pha, W */
  readonly phaseActivePower?: Several<Attributes['phaseActivePower']>
  /** Reactive power by phase · Công suất phản kháng từng pha, var */
  readonly phaseReactivePower?: Several<Attributes['phaseReactivePower']>
  /** Power factor by phase · Hệ số công suất từng pha */
  readonly phasePowerFactor?: Several<Attributes['phasePowerFactor']>
  /** Active power · Công suất tác dụng, W, -1000000000000 to 1000000000000 */
  readonly totalActivePower?: Several<Attributes['totalActivePower']>
  /** Reactive power · Công suất phản kháng, var, -1000000000 to 1000000000 */
  readonly totalReactivePower?: Several<Attributes['totalReactivePower']>
  /** Apparent power · Công suất biểu kiến, VA, 0 to 1000000000 */
  readonly totalApparentPower?: Several<Attributes['totalApparentPower']>
  /** Power factor · Hệ số công suất, -1 to 1 */
  readonly totalPowerFactor?: Several<Attributes['totalPowerFactor']>
  /** Active energy imported · Điện năng tác dụng nhận, kWh, 0 to 1000000000000 */
  readonly activeEnergyImport?: Several<Attributes['activeEnergyImport']>
  /** Active energy exported · Điện năng tác dụng giao, kWh, 0 to 1000000000000 */
  readonly activeEnergyExport?: Several<Attributes['activeEnergyExport']>
  /** Reactive energy imported · Điện năng phản kháng nhận, kvarh, 0 to 1000000000000 */
  readonly reactiveEnergyImport?: Several<Attributes['reactiveEnergyImport']>
}

/** Administrative unit · Đơn vị hành chính */
export interface AdministrativeUnit extends EntityOf<'AdministrativeUnit'> {
  /** Code · Mã đơn vị */
  readonly code: Several<Attributes['code']>
  /** Level · Cấp hành chính */
  readonly level: Several<Attributes['level']>
  /** Category · Phân loại */
  readonly category?: Several<Attributes['AdministrativeUnit.category']>
  /** Name · Tên */
  readonly name: Several<Attributes['AdministrativeUnit.name']>
  /** Alternate name · Tên khác */
  readonly alternateName?: Several<Attributes['AdministrativeUnit.alternateName']>
  /** Valid from · Có hiệu lực từ */
  readonly validFrom?: Several<Attributes['validFrom']>
  /** Valid to · Có hiệu lực đến */
  readonly validTo?: Several<Attributes['validTo']>
  /** Part of · Thuộc */
  readonly partOf?: Several<Attributes['partOf']>
  /** Predecessor · Tiền thân */
  readonly predecessor?: Several<Attributes['predecessor.many']>
  /** Succeeded by · Kế thừa bởi */
  readonly succeededBy?: Several<Attributes['succeededBy.many']>
  /** Location · Vị trí */
  readonly location?: Several<Attributes['AdministrativeUnit.location']>
  /** Area · Diện tích, km², 0 to 400000 */
  readonly area?: Several<Attributes['area']>
  /** Legal basis · Căn cứ pháp lý */
  readonly legalBasis?: Several<Attributes['legalBasis']>
  /** Confidence · Độ tin cậy */
  readonly confidence?: Several<Attributes['confidence']>
  /** Source · Nguồn dữ liệu */
  readonly source?: Several<Attributes['source']>
  /** Data provider · Đơn vị cung cấp dữ liệu */
  readonly dataProvider?: Several<Attributes['dataProvider']>
}

/** Air quality indicator · Chỉ số chất lượng không khí */
export interface AirQualityIndicator extends EntityOf<'AirQualityIndicator'> {
  /** Name · Tên */
  readonly name?: Several<Attributes['name']>
  /** Description · Mô tả */
  readonly description?: Several<Attributes['description']>
  /** Location · Vị trí */
  readonly location?: Several<Attributes['location']>
  /** Administrative unit · Đơn vị hành chính */
  readonly refAdministrativeUnit?: Several<Attributes['refAdministrativeUnit']>
  /** Station code · Mã trạm */
  readonly stationCode?: Several<Attributes['stationCode']>
  /** Data provider · Đơn vị cung cấp dữ liệu */
  readonly dataProvider?: Several<Attributes['dataProvider']>
  /** Derived from · Được tính từ */
  readonly derivedFrom: Several<Attributes['derivedFrom']>
  /** Air quality index · Chỉ số chất lượng không khí, 0 to 1000 */
  readonly airQualityIndex?: Several<Attributes['airQualityIndex']>
}

/** Air quality observed · Quan trắc chất lượng không khí */
export interface AirQualityObserved extends EntityOf<'AirQualityObserved'> {
  /** Name · Tên */
  readonly name?: Several<Attributes['name']>
  /** Alternate name · Tên khác */
  readonly alternateName?: Several<Attributes['alternateName']>
  /** Description · Mô tả */
  readonly description?: Several<Attributes['description']>
  /** Location · Vị trí */
  readonly location?: Several<Attributes['location']>
  /** Address · Địa chỉ */
  readonly address?: Several<Attributes['address']>
  /** Administrative unit · Đơn vị hành chính */
  readonly refAdministrativeUnit?: Several<Attributes['refAdministrativeUnit']>
  /** Source · Nguồn dữ liệu */
  readonly source?: Several<Attributes['source']>
  /** Data provider · Đơn vị cung cấp dữ liệu */
  readonly dataProvider?: Several<Attributes['dataProvider']>
  /** Data feed · Luồng dữ liệu */
  readonly refDataFeed?: Several<Attributes['refDataFeed']>
  /** Station code · Mã trạm */
  readonly stationCode?: Several<Attributes['stationCode']>
  /** Device · Thiết bị */
  readonly refDevice?: Several<Attributes['refDevice']>
  /** Observation status · Tình trạng đo */
  readonly observationStatus?: Several<Attributes['observationStatus']>
  /** Period start · Bắt đầu khoảng đo */
  readonly periodStart?: Several<Attributes['periodStart']>
  /** Point of interest · Địa điểm liên quan */
  readonly refPointOfInterest?: Several<Attributes['refPointOfInterest']>
  /** PM2.5 · Bụi PM2.5, µg/m³, 0 to 10000 */
  readonly pm25?: Several<Attributes['pm25']>
  /** PM10 · Bụi PM10, µg/m³, 0 to 20000 */
  readonly pm10?: Several<Attributes['pm10']>
  /** Total suspended particles · Tổng bụi lơ lửng, µg/m³, 0 to 50000 */
  readonly tsp?: Several<Attributes['tsp']>
  /** Ozone · O3, µg/m³, 0 to 5000 */
  readonly o3?: Several<Attributes['o3']>
  /** Nitrogen dioxide · NO2, µg/m³, 0 to 100000 */
  readonly no2?: Several<Attributes['no2']>
  /** Nitrogen monoxide · NO, µg/m³, 0 to 100000 */
  readonly no?: Several<Attributes['no']>
  /** Nitrogen oxides · NOx, µg/m³, 0 to 100000 */
  readonly nox?: Several<Attributes['nox']>
  /** Sulphur dioxide · SO2, µg/m³, 0 to 100000 */
  readonly so2?: Several<Attributes['so2']>
  /** Carbon monoxide · CO, µg/m³, 0 to 1000000 */
  readonly co?: Several<Attributes['co']>
  /** Ammonia in air · NH3, µg/m³, 0 to 100000 */
  readonly nh3?: Several<Attributes['nh3']>
  /** Hydrogen sulphide · H2S, µg/m³, 0 to 100000 */
  readonly h2s?: Several<Attributes['h2s']>
  /** Air quality index · Chỉ số chất lượng không khí, 0 to 1000 */
  readonly airQualityIndex?: Several<Attributes['airQualityIndex']>
  /** Air quality level · Mức chất lượng không khí */
  readonly airQualityLevel?: Several<Attributes['airQualityLevel']>
  /** Index method · Cách tính chỉ số */
  readonly indexMethod?: Several<Attributes['indexMethod']>
  /** Temperature · Nhiệt độ, °C, -20 to 60 */
  readonly temperature?: Several<Attributes['AirQualityObserved.temperature']>
  /** Relative humidity · Độ ẩm tương đối, 1, 0 to 1 */
  readonly relativeHumidity?: Several<Attributes['relativeHumidity']>
  /** Wind speed · Tốc độ gió, m/s, 0 to 120 */
  readonly windSpeed?: Several<Attributes['windSpeed']>
  /** Wind direction · Hướng gió, °, 0 to 360 */
  readonly windDirection?: Several<Attributes['windDirection']>
  /** Atmospheric pressure · Khí áp, hPa, 800 to 1100 */
  readonly atmosphericPressure?: Several<Attributes['atmosphericPressure']>
  /** Precipitation · Lượng mưa, mm, 0 to 2000 */
  readonly precipitation?: Several<Attributes['precipitation']>
  /** PM1 · Bụi PM1, µg/m³, 0 to 10000 */
  readonly pm1?: Several<Attributes['pm1']>
  /** Carbon dioxide · CO2, mg/m³, 0 to 100000 */
  readonly co2?: Several<Attributes['co2']>
  /** Benzene · Benzen, µg/m³, 0 to 10000 */
  readonly benzene?: Several<Attributes['benzene']>
  /** Lead · Chì, µg/m³, 0 to 10000 */
  readonly lead?: Several<Attributes['lead']>
  /** Reliability · Độ tin cậy số liệu, 1, 0 to 1 */
  readonly reliability?: Several<Attributes['reliability']>
}

/** Alert · Cảnh báo */
export interface Alert extends EntityOf<'Alert'> {
  /** Name · Tên */
  readonly name?: Several<Attributes['name']>
  /** Alternate name · Tên khác */
  readonly alternateName?: Several<Attributes['alternateName']>
  /** Description · Mô tả */
  readonly description?: Several<Attributes['description']>
  /** Location · Vị trí */
  readonly location?: Several<Attributes['location']>
  /** Address · Địa chỉ */
  readonly address?: Several<Attributes['address']>
  /** Administrative unit · Đơn vị hành chính */
  readonly refAdministrativeUnit?: Several<Attributes['refAdministrativeUnit.many']>
  /** Category · Phân loại */
  readonly category?: Several<Attributes['category']>
  /** Derived from · Được tính từ */
  readonly derivedFrom?: Several<Attributes['derivedFrom']>
  /** Alert status · Tình trạng cảnh báo */
  readonly alertStatus?: Several<Attributes['alertStatus']>
  /** Trigger value · Giá trị kích hoạt */
  readonly triggerValue?: Several<Attributes['triggerValue']>
  /** Severity · Mức độ */
  readonly severity?: Several<Attributes['severity']>
  /** Alert source · Nguồn cảnh báo */
  readonly alertSource?: Several<Attributes['alertSource']>
  /** Issued at · Thời điểm ban hành */
  readonly issuedAt?: Several<Attributes['issuedAt']>
  /** Starts at · Bắt đầu */
  readonly startsAt?: Several<Attributes['startsAt']>
  /** Ends at · Kết thúc */
  readonly endsAt?: Several<Attributes['endsAt']>
  /** Agency responsible · Cơ quan chịu trách nhiệm */
  readonly agencyResponsible?: Several<Attributes['agencyResponsible']>
  /** Web page · Trang thông tin */
  readonly webPage?: Several<Attributes['webPage']>
  /** Source · Nguồn dữ liệu */
  readonly source?: Several<Attributes['source']>
  /** Data provider · Đơn vị cung cấp dữ liệu */
  readonly dataProvider?: Several<Attributes['dataProvider']>
  /** Data feed · Luồng dữ liệu */
  readonly refDataFeed?: Several<Attributes['refDataFeed']>
  /** Affects · Đối tượng bị ảnh hưởng */
  readonly affects?: Several<Attributes['affects.many']>
  /** Sub-category · Loại cảnh báo */
  readonly subCategory?: Several<Attributes['subCategory']>
  /** Identifier · Mã bản tin */
  readonly identifier?: Several<Attributes['identifier']>
  /** Sender · Nơi phát */
  readonly sender?: Several<Attributes['sender']>
  /** Message type · Loại bản tin */
  readonly messageType?: Several<Attributes['messageType']>
  /** Urgency · Mức khẩn cấp */
  readonly urgency?: Several<Attributes['urgency']>
  /** Certainty · Mức chắc chắn */
  readonly certainty?: Several<Attributes['certainty']>
  /** Instruction · Hướng dẫn */
  readonly instruction?: Several<Attributes['instruction']>
}

/** Plate reading · Nhận dạng biển số */
export interface AnprFlowObserved extends EntityOf<'AnprFlowObserved'> {
  /** Source · Nguồn dữ liệu */
  readonly source?: Several<Attributes['source']>
  /** Data provider · Đơn vị cung cấp dữ liệu */
  readonly dataProvider?: Several<Attributes['dataProvider']>
  /** Data feed · Luồng dữ liệu */
  readonly refDataFeed?: Several<Attributes['refDataFeed']>
  /** Name · Tên */
  readonly name?: Several<Attributes['name']>
  /** Location · Vị trí */
  readonly location?: Several<Attributes['location']>
  /** Administrative unit · Đơn vị hành chính */
  readonly refAdministrativeUnit?: Several<Attributes['refAdministrativeUnit']>
  /** Device · Thiết bị */
  readonly refDevice?: Several<Attributes['refDevice']>
  /** Road segment · Đoạn đường */
  readonly refRoadSegment?: Several<Attributes['refRoadSegment']>
  /** Lane · Số làn, 0 to 50 */
  readonly laneId?: Several<Attributes['laneId']>
  /** Lane direction · Chiều của làn */
  readonly laneDirection?: Several<Attributes['laneDirection']>
  /** Vehicle type · Loại phương tiện */
  readonly vehicleType?: Several<Attributes['vehicleType']>
  /** Plate hash · Mã băm biển số */
  readonly plateHash?: Several<Attributes['plateHash']>
  /** Confidence · Độ tin cậy, 1, 0 to 1 */
  readonly confidenceLevel?: Several<Attributes['confidenceLevel']>
  /** Plate not read · Không đọc được biển số */
  readonly vehiclePlateNotRead?: Several<Attributes['vehiclePlateNotRead']>
}

/** Arrival estimation · Dự báo giờ đến */
export interface ArrivalEstimation extends EntityOf<'ArrivalEstimation'> {
  /** Source · Nguồn dữ liệu */
  readonly source?: Several<Attributes['source']>
  /** Data provider · Đơn vị cung cấp dữ liệu */
  readonly dataProvider?: Several<Attributes['dataProvider']>
  /** Data feed · Luồng dữ liệu */
  readonly refDataFeed?: Several<Attributes['refDataFeed']>
  /** Trip · Chuyến */
  readonly hasTrip: Several<Attributes['hasTrip']>
  /** Head sign · Nơi đến */
  readonly headSign?: Several<Attributes['headSign']>
  /** Stop · Điểm dừng */
  readonly hasStop: Several<Attributes['hasStop']>
  /** Arrives at · Thời điểm đến */
  readonly arrivesAt?: Several<Attributes['arrivesAt']>
  /** Remaining time · Thời gian còn lại */
  readonly remainingTime?: Several<Attributes['remainingTime']>
  /** Remaining distance · Quãng đường còn lại, m, 0 to 1000000 */
  readonly remainingDistance?: Several<Attributes['remainingDistance']>
}

/** Building · Công trình */
export interface Building extends EntityOf<'Building'> {
  /** Name · Tên */
  readonly name?: Several<Attributes['name']>
  /** Alternate name · Tên khác */
  readonly alternateName?: Several<Attributes['alternateName']>
  /** Description · Mô tả */
  readonly description?: Several<Attributes['description']>
  /** Location · Vị trí */
  readonly location?: Several<Attributes['location']>
  /** Address · Địa chỉ */
  readonly address?: Several<Attributes['address']>
  /** Administrative unit · Đơn vị hành chính */
  readonly refAdministrativeUnit?: Several<Attributes['refAdministrativeUnit']>
  /** Source · Nguồn dữ liệu */
  readonly source?: Several<Attributes['source']>
  /** Data provider · Đơn vị cung cấp dữ liệu */
  readonly dataProvider?: Several<Attributes['dataProvider']>
  /** Data feed · Luồng dữ liệu */
  readonly refDataFeed?: Several<Attributes['refDataFeed']>
  /** Code · Mã */
  readonly code?: Several<Attributes['code']>
  /** Category · Phân loại */
  readonly category?: Several<Attributes['category.many']>
  /** Status · Trạng thái */
  readonly status?: Several<Attributes['status']>
  /** Land parcel · Thửa đất */
  readonly refLandParcel?: Several<Attributes['refLandParcel']>
  /** Opening hours · Giờ mở cửa */
  readonly openingHours?: Several<Attributes['openingHours.many']>
  /** Floor area · Diện tích sàn, m², 0 to 10000000 */
  readonly floorArea?: Several<Attributes['floorArea']>
  /** Floors above ground · Số tầng nổi, 0 to 200 */
  readonly floorsAboveGround?: Several<Attributes['floorsAboveGround']>
  /** Floors below ground · Số tầng hầm, 0 to 20 */
  readonly floorsBelowGround?: Several<Attributes['floorsBelowGround']>
  /** Occupier · Người sử dụng */
  readonly occupier?: Several<Attributes['occupier.many']>
  /** People capacity · Sức chứa người, 0 to 1000000 */
  readonly peopleCapacity?: Several<Attributes['peopleCapacity']>
  /** People occupancy · Số người hiện có, 0 to 1000000 */
  readonly peopleOccupancy?: Several<Attributes['peopleOccupancy']>
  /** Year built · Năm xây dựng, 1000 to 2100 */
  readonly builtYear?: Several<Attributes['builtYear']>
}

/** Camera event · Sự kiện camera */
export interface CameraEvent extends EntityOf<'CameraEvent'> {
  /** Source · Nguồn dữ liệu */
  readonly source?: Several<Attributes['source']>
  /** Data provider · Đơn vị cung cấp dữ liệu */
  readonly dataProvider?: Several<Attributes['dataProvider']>
  /** Data feed · Luồng dữ liệu */
  readonly refDataFeed?: Several<Attributes['refDataFeed']>
  /** Location · Vị trí */
  readonly location?: Several<Attributes['location']>
  /** Administrative unit · Đơn vị hành chính */
  readonly refAdministrativeUnit?: Several<Attributes['refAdministrativeUnit']>
  /** Device · Thiết bị */
  readonly refDevice?: Several<Attributes['refDevice']>
  /** Occurred at · Thời điểm xảy ra */
  readonly occurredAt?: Several<Attributes['occurredAt']>
  /** Confidence · Độ tin cậy, 1, 0 to 1 */
  readonly confidenceLevel?: Several<Attributes['confidenceLevel']>
  /** Event type · Loại sự kiện */
  readonly eventType: Several<Attributes['eventType']>
}

/** Camera · Camera */
export interface Camera extends EntityOf<'Camera'> {
  /** Name · Tên */
  readonly name?: Several<Attributes['name']>
  /** Alternate name · Tên khác */
  readonly alternateName?: Several<Attributes['alternateName']>
  /** Description · Mô tả */
  readonly description?: Several<Attributes['description']>
  /** Location · Vị trí */
  readonly location?: Several<Attributes['location']>
  /** Address · Địa chỉ */
  readonly address?: Several<Attributes['address']>
  /** Administrative unit · Đơn vị hành chính */
  readonly refAdministrativeUnit?: Several<Attributes['refAdministrativeUnit']>
  /** Source · Nguồn dữ liệu */
  readonly source?: Several<Attributes['source']>
  /** Data provider · Đơn vị cung cấp dữ liệu */
  readonly dataProvider?: Several<Attributes['dataProvider']>
  /** Data feed · Luồng dữ liệu */
  readonly refDataFeed?: Several<Attributes['refDataFeed']>
  /** Category · Phân loại */
  readonly category?: Several<Attributes['category.many']>
  /** Status · Trạng thái */
  readonly status?: Several<Attributes['Camera.status']>
  /** Serial number · Số sê-ri */
  readonly serialNumber?: Several<Attributes['serialNumber']>
  /** Installed at · Thời điểm lắp đặt */
  readonly installedAt?: Several<Attributes['installedAt']>
  /** Road segment · Đoạn đường */
  readonly refRoadSegment?: Several<Attributes['refRoadSegment']>
  /** Operator · Đơn vị vận hành */
  readonly operator?: Several<Attributes['operator']>
  /** Purpose · Mục đích */
  readonly cameraPurpose?: Several<Attributes['cameraPurpose.many']>
  /** View direction · Hướng quan sát, °, 0 to 360 */
  readonly viewDirection?: Several<Attributes['viewDirection']>
  /** Public notice · Thông báo công khai */
  readonly publicNotice?: Several<Attributes['publicNotice']>
}

/** City scope · Phạm vi thành phố */
export interface CityScope extends EntityOf<'CityScope'> {
  /** Name · Tên */
  readonly name: Several<Attributes['CityScope.name']>
  /** Description · Mô tả */
  readonly description?: Several<Attributes['description']>
  /** Valid from · Có hiệu lực từ */
  readonly validFrom?: Several<Attributes['validFrom']>
  /** Valid to · Có hiệu lực đến */
  readonly validTo?: Several<Attributes['validTo']>
  /** Member · Thành viên */
  readonly member: Several<Attributes['member.many']>
  /** Stands for · Thay cho */
  readonly standsFor?: Several<Attributes['standsFor']>
  /** Predecessor · Tiền thân */
  readonly predecessor?: Several<Attributes['predecessor.many']>
  /** Succeeded by · Kế thừa bởi */
  readonly succeededBy?: Several<Attributes['succeededBy.many']>
  /** Location · Vị trí */
  readonly location?: Several<Attributes['location']>
}

/** Construction permit · Giấy phép xây dựng */
export interface ConstructionPermit extends EntityOf<'ConstructionPermit'> {
  /** Source · Nguồn dữ liệu */
  readonly source?: Several<Attributes['source']>
  /** Data provider · Đơn vị cung cấp dữ liệu */
  readonly dataProvider?: Several<Attributes['dataProvider']>
  /** Data feed · Luồng dữ liệu */
  readonly refDataFeed?: Several<Attributes['refDataFeed']>
  /** Status · Trạng thái */
  readonly status?: Several<Attributes['ConstructionPermit.status']>
  /** Location · Vị trí */
  readonly location?: Several<Attributes['location']>
  /** Address · Địa chỉ */
  readonly address?: Several<Attributes['address']>
  /** Administrative unit · Đơn vị hành chính */
  readonly refAdministrativeUnit?: Several<Attributes['refAdministrativeUnit']>
  /** Land parcel · Thửa đất */
  readonly refLandParcel?: Several<Attributes['refLandParcel.many']>
  /** Issued at · Thời điểm ban hành */
  readonly issuedAt?: Several<Attributes['issuedAt']>
  /** Valid to · Có hiệu lực đến */
  readonly validTo?: Several<Attributes['validTo']>
  /** Expected at · Hạn xử lý */
  readonly expectedAt?: Several<Attributes['expectedAt']>
  /** Floor area · Diện tích sàn, m², 0 to 10000000 */
  readonly floorArea?: Several<Attributes['floorArea']>
  /** Floors above ground · Số tầng nổi, 0 to 200 */
  readonly floorsAboveGround?: Several<Attributes['floorsAboveGround']>
  /** Floors below ground · Số tầng hầm, 0 to 20 */
  readonly floorsBelowGround?: Several<Attributes['floorsBelowGround']>
  /** Agency responsible · Cơ quan chịu trách nhiệm */
  readonly agencyResponsible?: Several<Attributes['agencyResponsible']>
  /** Case code · Mã hồ sơ */
  readonly caseCode?: Several<Attributes['caseCode']>
  /** Permit number · Số giấy phép */
  readonly permitNumber?: Several<Attributes['permitNumber']>
  /** Permit holder · Chủ đầu tư công trình */
  readonly permitHolder?: Several<Attributes['permitHolder']>
  /** Building · Công trình */
  readonly refBuilding?: Several<Attributes['refBuilding.many']>
}

/** Crowd flow observed · Quan trắc dòng người */
export interface CrowdFlowObserved extends EntityOf<'CrowdFlowObserved'> {
  /** Name · Tên */
  readonly name?: Several<Attributes['name']>
  /** Alternate name · Tên khác */
  readonly alternateName?: Several<Attributes['alternateName']>
  /** Description · Mô tả */
  readonly description?: Several<Attributes['description']>
  /** Location · Vị trí */
  readonly location?: Several<Attributes['location']>
  /** Address · Địa chỉ */
  readonly address?: Several<Attributes['address']>
  /** Administrative unit · Đơn vị hành chính */
  readonly refAdministrativeUnit?: Several<Attributes['refAdministrativeUnit']>
  /** Source · Nguồn dữ liệu */
  readonly source?: Several<Attributes['source']>
  /** Data provider · Đơn vị cung cấp dữ liệu */
  readonly dataProvider?: Several<Attributes['dataProvider']>
  /** Data feed · Luồng dữ liệu */
  readonly refDataFeed?: Several<Attributes['refDataFeed']>
  /** Station code · Mã trạm */
  readonly stationCode?: Several<Attributes['stationCode']>
  /** Device · Thiết bị */
  readonly refDevice?: Several<Attributes['refDevice']>
  /** Observation status · Tình trạng đo */
  readonly observationStatus?: Several<Attributes['observationStatus']>
  /** Period start · Bắt đầu khoảng đo */
  readonly periodStart?: Several<Attributes['periodStart']>
  /** Point of interest · Địa điểm liên quan */
  readonly refPointOfInterest?: Several<Attributes['refPointOfInterest']>
  /** Road segment · Đoạn đường */
  readonly refRoadSegment?: Several<Attributes['refRoadSegment']>
  /** Congested · Ùn tắc */
  readonly congested?: Several<Attributes['congested']>
  /** Average headway · Giãn cách thời gian trung bình, s, 0 to 86400 */
  readonly averageHeadwayTime?: Several<Attributes['averageHeadwayTime']>
  /** People · Số người, 0 to 1000000 */
  readonly peopleCount?: Several<Attributes['peopleCount']>
  /** People coming · Số người đi đến, 0 to 1000000 */
  readonly peopleCountTowards?: Several<Attributes['peopleCountTowards']>
  /** People leaving · Số người đi xa, 0 to 1000000 */
  readonly peopleCountAway?: Several<Attributes['peopleCountAway']>
  /** Crowd speed · Tốc độ dòng người, km/h, 0 to 50 */
  readonly averageCrowdSpeed?: Several<Attributes['averageCrowdSpeed']>
}

/** Data feed · Luồng dữ liệu */
export interface DataFeed extends EntityOf<'DataFeed'> {
  /** Name · Tên */
  readonly name: Several<Attributes['name']>
  /** Description · Mô tả */
  readonly description?: Several<Attributes['description']>
  /** Source · Nguồn dữ liệu */
  readonly source?: Several<Attributes['source']>
  /** Data provider · Đơn vị cung cấp dữ liệu */
  readonly dataProvider?: Several<Attributes['dataProvider']>
  /** Status · Trạng thái */
  readonly status?: Several<Attributes['DataFeed.status']>
  /** Feed code · Mã luồng */
  readonly feedCode?: Several<Attributes['feedCode']>
  /** Licence · Giấy phép */
  readonly license?: Several<Attributes['license']>
  /** Records read · Số bản ghi đã đọc, 0 to 9007199254740991 */
  readonly recordsRead?: Several<Attributes['recordsRead']>
  /** Records accepted · Số bản ghi đã nhận, 0 to 9007199254740991 */
  readonly recordsAccepted?: Several<Attributes['recordsAccepted']>
  /** Records quarantined · Số bản ghi bị cách ly, 0 to 9007199254740991 */
  readonly recordsQuarantined?: Several<Attributes['recordsQuarantined']>
}

/** Data quality assessment · Đánh giá chất lượng dữ liệu */
export interface DataQualityAssessment extends EntityOf<'DataQualityAssessment'> {
  /** Source · Nguồn dữ liệu */
  readonly source?: Several<Attributes['source']>
  /** Data provider · Đơn vị cung cấp dữ liệu */
  readonly dataProvider?: Several<Attributes['dataProvider']>
  /** Data feed · Luồng dữ liệu */
  readonly refDataFeed?: Several<Attributes['refDataFeed']>
  /** Name · Tên */
  readonly name?: Several<Attributes['name']>
  /** Feed code · Mã luồng */
  readonly feedCode?: Several<Attributes['feedCode']>
  /** Period start · Bắt đầu khoảng đo */
  readonly periodStart?: Several<Attributes['periodStart']>
  /** Assessed type · Kiểu được đánh giá */
  readonly assessedType?: Several<Attributes['assessedType']>
  /** Assessed attribute · Thuộc tính được đánh giá */
  readonly assessedAttribute?: Several<Attributes['assessedAttribute']>
  /** Expected period · Chu kỳ dự kiến */
  readonly expectedPeriod?: Several<Attributes['expectedPeriod']>
  /** Live · Sống, 1, 0 to 1 */
  readonly timeliness?: Several<Attributes['timeliness']>
  /** Complete · Đủ, 1, 0 to 1 */
  readonly completeness?: Several<Attributes['completeness']>
  /** Correct · Đúng, 1, 0 to 1 */
  readonly correctness?: Several<Attributes['correctness']>
  /** Clean · Sạch, 1, 0 to 1 */
  readonly cleanness?: Several<Attributes['cleanness']>
  /** Expected values · Số giá trị dự kiến, 0 to 1000000000 */
  readonly expectedCount?: Several<Attributes['expectedCount']>
  /** Observed values · Số giá trị đã có, 0 to 1000000000 */
  readonly observedCount?: Several<Attributes['observedCount']>
  /** Invalid values · Số giá trị ngoài miền, 0 to 1000000000 */
  readonly invalidCount?: Several<Attributes['invalidCount']>
  /** Outliers · Số giá trị bất thường, 0 to 1000000000 */
  readonly outlierCount?: Several<Attributes['outlierCount']>
  /** Stuck values · Số giá trị kẹt, 0 to 1000000000 */
  readonly stuckCount?: Several<Attributes['stuckCount']>
  /** Repeated values · Số giá trị lặp, 0 to 1000000000 */
  readonly repeatedCount?: Several<Attributes['repeatedCount']>
  /** Records read · Số bản ghi đã đọc, 0 to 9007199254740991 */
  readonly recordsRead?: Several<Attributes['recordsRead']>
  /** Records quarantined · Số bản ghi bị cách ly, 0 to 9007199254740991 */
  readonly recordsQuarantined?: Several<Attributes['recordsQuarantined']>
}

/** Device measurement · Giá trị đo */
export interface DeviceMeasurement extends EntityOf<'DeviceMeasurement'> {
  /** Name · Tên */
  readonly name?: Several<Attributes['name']>
  /** Alternate name · Tên khác */
  readonly alternateName?: Several<Attributes['alternateName']>
  /** Description · Mô tả */
  readonly description?: Several<Attributes['description']>
  /** Location · Vị trí */
  readonly location?: Several<Attributes['location']>
  /** Address · Địa chỉ */
  readonly address?: Several<Attributes['address']>
  /** Administrative unit · Đơn vị hành chính */
  readonly refAdministrativeUnit?: Several<Attributes['refAdministrativeUnit']>
  /** Source · Nguồn dữ liệu */
  readonly source?: Several<Attributes['source']>
  /** Data provider · Đơn vị cung cấp dữ liệu */
  readonly dataProvider?: Several<Attributes['dataProvider']>
  /** Data feed · Luồng dữ liệu */
  readonly refDataFeed?: Several<Attributes['refDataFeed']>
  /** Station code · Mã trạm */
  readonly stationCode?: Several<Attributes['stationCode']>
  /** Device · Thiết bị */
  readonly refDevice?: Several<Attributes['refDevice']>
  /** Observation status · Tình trạng đo */
  readonly observationStatus?: Several<Attributes['observationStatus']>
  /** Period start · Bắt đầu khoảng đo */
  readonly periodStart?: Several<Attributes['periodStart']>
  /** Point of interest · Địa điểm liên quan */
  readonly refPointOfInterest?: Several<Attributes['refPointOfInterest']>
  /** Controlled property · Đại lượng đo */
  readonly controlledProperty?: Several<Attributes['controlledProperty.many']>
  /** Unit · Đơn vị tính */
  readonly unitText?: Several<Attributes['unitText']>
  /** Numeric value · Giá trị số */
  readonly numericValue?: Several<Attributes['numericValue']>
  /** Text value · Giá trị chữ */
  readonly textValue?: Several<Attributes['textValue']>
  /** Outlier · Giá trị bất thường */
  readonly outlier?: Several<Attributes['outlier']>
}

/** Device model · Mẫu thiết bị */
export interface DeviceModel extends EntityOf<'DeviceModel'> {
  /** Source · Nguồn dữ liệu */
  readonly source?: Several<Attributes['source']>
  /** Data provider · Đơn vị cung cấp dữ liệu */
  readonly dataProvider?: Several<Attributes['dataProvider']>
  /** Data feed · Luồng dữ liệu */
  readonly refDataFeed?: Several<Attributes['refDataFeed']>
  /** Name · Tên */
  readonly name?: Several<Attributes['name']>
  /** Description · Mô tả */
  readonly description?: Several<Attributes['description']>
  /** Category · Phân loại */
  readonly category?: Several<Attributes['category.many']>
  /** Controlled property · Đại lượng đo */
  readonly controlledProperty?: Several<Attributes['controlledProperty.many']>
  /** Supported protocol · Giao thức */
  readonly supportedProtocol?: Several<Attributes['supportedProtocol.many']>
  /** Model name · Tên mẫu */
  readonly modelName?: Several<Attributes['modelName']>
  /** Manufacturer · Nhà sản xuất */
  readonly manufacturerName?: Several<Attributes['manufacturerName']>
}

/** Device · Thiết bị */
export interface Device extends EntityOf<'Device'> {
  /** Name · Tên */
  readonly name?: Several<Attributes['name']>
  /** Alternate name · Tên khác */
  readonly alternateName?: Several<Attributes['alternateName']>
  /** Description · Mô tả */
  readonly description?: Several<Attributes['description']>
  /** Location · Vị trí */
  readonly location?: Several<Attributes['location']>
  /** Address · Địa chỉ */
  readonly address?: Several<Attributes['address']>
  /** Administrative unit · Đơn vị hành chính */
  readonly refAdministrativeUnit?: Several<Attributes['refAdministrativeUnit']>
  /** Source · Nguồn dữ liệu */
  readonly source?: Several<Attributes['source']>
  /** Data provider · Đơn vị cung cấp dữ liệu */
  readonly dataProvider?: Several<Attributes['dataProvider']>
  /** Data feed · Luồng dữ liệu */
  readonly refDataFeed?: Several<Attributes['refDataFeed']>
  /** Category · Phân loại */
  readonly category?: Several<Attributes['category.many']>
  /** Status · Trạng thái */
  readonly status?: Several<Attributes['Device.status']>
  /** Station code · Mã trạm */
  readonly stationCode?: Several<Attributes['stationCode']>
  /** Controlled property · Đại lượng đo */
  readonly controlledProperty?: Several<Attributes['controlledProperty.many']>
  /** Serial number · Số sê-ri */
  readonly serialNumber?: Several<Attributes['serialNumber']>
  /** Battery level · Mức pin, 1, 0 to 1 */
  readonly batteryLevel?: Several<Attributes['batteryLevel']>
  /** Firmware version · Phiên bản phần sụn */
  readonly firmwareVersion?: Several<Attributes['firmwareVersion']>
  /** Installed at · Thời điểm lắp đặt */
  readonly installedAt?: Several<Attributes['installedAt']>
  /** Calibrated at · Lần hiệu chuẩn gần nhất */
  readonly calibratedAt?: Several<Attributes['calibratedAt']>
  /** Supported protocol · Giao thức */
  readonly supportedProtocol?: Several<Attributes['supportedProtocol.many']>
  /** Device model · Mẫu thiết bị */
  readonly refDeviceModel?: Several<Attributes['refDeviceModel']>
  /** Controlled asset · Đối tượng theo dõi */
  readonly controlledAsset?: Several<Attributes['controlledAsset.many']>
  /** Signal strength · Cường độ tín hiệu, dBm, -200 to 100 */
  readonly rssi?: Several<Attributes['rssi']>
  /** Signal to noise ratio · Tỷ số tín hiệu trên nhiễu, dB, -100 to 200 */
  readonly snr?: Several<Attributes['snr']>
  /** Network address · Địa chỉ mạng */
  readonly networkAddress?: Several<Attributes['networkAddress.many']>
  /** Software version · Phiên bản phần mềm */
  readonly softwareVersion?: Several<Attributes['softwareVersion']>
  /** Hardware version · Phiên bản phần cứng */
  readonly hardwareVersion?: Several<Attributes['hardwareVersion']>
  /** Last reported at · Lần gửi gần nhất */
  readonly lastReportedAt?: Several<Attributes['lastReportedAt']>
}

/** Emission observed · Quan trắc khí thải */
export interface EmissionObserved extends EntityOf<'EmissionObserved'> {
  /** Name · Tên */
  readonly name?: Several<Attributes['name']>
  /** Alternate name · Tên khác */
  readonly alternateName?: Several<Attributes['alternateName']>
  /** Description · Mô tả */
  readonly description?: Several<Attributes['description']>
  /** Location · Vị trí */
  readonly location?: Several<Attributes['location']>
  /** Address · Địa chỉ */
  readonly address?: Several<Attributes['address']>
  /** Administrative unit · Đơn vị hành chính */
  readonly refAdministrativeUnit?: Several<Attributes['refAdministrativeUnit']>
  /** Source · Nguồn dữ liệu */
  readonly source?: Several<Attributes['source']>
  /** Data provider · Đơn vị cung cấp dữ liệu */
  readonly dataProvider?: Several<Attributes['dataProvider']>
  /** Data feed · Luồng dữ liệu */
  readonly refDataFeed?: Several<Attributes['refDataFeed']>
  /** Station code · Mã trạm */
  readonly stationCode?: Several<Attributes['stationCode']>
  /** Device · Thiết bị */
  readonly refDevice?: Several<Attributes['refDevice']>
  /** Observation status · Tình trạng đo */
  readonly observationStatus?: Several<Attributes['observationStatus']>
  /** Period start · Bắt đầu khoảng đo */
  readonly periodStart?: Several<Attributes['periodStart']>
  /** Point of interest · Địa điểm liên quan */
  readonly refPointOfInterest?: Several<Attributes['refPointOfInterest']>
  /** Dust · Bụi tổng, µg/m³, 0 to 100000000 */
  readonly dust?: Several<Attributes['dust']>
  /** Sulphur dioxide · SO2, µg/m³, 0 to 100000000 */
  readonly so2?: Several<Attributes['EmissionObserved.so2']>
  /** Nitrogen dioxide · NO2, µg/m³, 0 to 100000000 */
  readonly no2?: Several<Attributes['EmissionObserved.no2']>
  /** Nitrogen monoxide · NO, µg/m³, 0 to 100000000 */
  readonly no?: Several<Attributes['EmissionObserved.no']>
  /** Nitrogen oxides · NOx, µg/m³, 0 to 100000000 */
  readonly nox?: Several<Attributes['EmissionObserved.nox']>
  /** Carbon monoxide · CO, µg/m³, 0 to 100000000 */
  readonly co?: Several<Attributes['EmissionObserved.co']>
  /** Ammonia in air · NH3, µg/m³, 0 to 100000000 */
  readonly nh3?: Several<Attributes['EmissionObserved.nh3']>
  /** Hydrogen sulphide · H2S, µg/m³, 0 to 100000000 */
  readonly h2s?: Several<Attributes['EmissionObserved.h2s']>
  /** Mercury vapour · Hơi thủy ngân, µg/m³, 0 to 1000000 */
  readonly mercury?: Several<Attributes['mercury']>
  /** Oxygen · Hàm lượng ôxy, 1, 0 to 1 */
  readonly oxygen?: Several<Attributes['oxygen']>
  /** Flow · Lưu lượng, m³/h, 0 to 100000000 */
  readonly flow?: Several<Attributes['flow']>
  /** Temperature · Nhiệt độ, °C, -20 to 2000 */
  readonly temperature?: Several<Attributes['EmissionObserved.temperature']>
  /** Stack pressure · Áp suất khí thải, hPa, 0 to 10000 */
  readonly stackPressure?: Several<Attributes['stackPressure']>
}

/** EV charging station · Trạm sạc xe điện */
export interface EVChargingStation extends EntityOf<'EVChargingStation'> {
  /** Name · Tên */
  readonly name?: Several<Attributes['name']>
  /** Alternate name · Tên khác */
  readonly alternateName?: Several<Attributes['alternateName']>
  /** Description · Mô tả */
  readonly description?: Several<Attributes['description']>
  /** Location · Vị trí */
  readonly location?: Several<Attributes['location']>
  /** Address · Địa chỉ */
  readonly address?: Several<Attributes['address']>
  /** Administrative unit · Đơn vị hành chính */
  readonly refAdministrativeUnit?: Several<Attributes['refAdministrativeUnit']>
  /** Source · Nguồn dữ liệu */
  readonly source?: Several<Attributes['source']>
  /** Data provider · Đơn vị cung cấp dữ liệu */
  readonly dataProvider?: Several<Attributes['dataProvider']>
  /** Data feed · Luồng dữ liệu */
  readonly refDataFeed?: Several<Attributes['refDataFeed']>
  /** Status · Trạng thái */
  readonly status?: Several<Attributes['EVChargingStation.status']>
  /** Allowed vehicle types · Loại xe được phép */
  readonly allowedVehicleType?: Several<Attributes['allowedVehicleType.many']>
  /** Opening hours · Giờ mở cửa */
  readonly openingHours?: Several<Attributes['openingHours']>
  /** Operator · Đơn vị vận hành */
  readonly operator?: Several<Attributes['operator']>
  /** Power consumption · Công suất tiêu thụ, W, 0 to 100000000 */
  readonly powerConsumption?: Several<Attributes['powerConsumption']>
  /** Sockets · Số cổng sạc, 0 to 1000 */
  readonly socketNumber?: Several<Attributes['socketNumber']>
  /** Capacity · Số xe sạc cùng lúc, 0 to 1000 */
  readonly capacity?: Several<Attributes['capacity']>
  /** Available capacity · Số chỗ sạc trống, 0 to 1000 */
  readonly availableCapacity?: Several<Attributes['availableCapacity']>
  /** Socket type · Loại cổng sạc */
  readonly socketType?: Several<Attributes['socketType.many']>
  /** Voltage · Điện áp, V, 0 to 2000 */
  readonly voltage?: Several<Attributes['voltage']>
  /** Amperage · Dòng điện, A, 0 to 2000 */
  readonly amperage?: Several<Attributes['amperage']>
}

/** Flood monitoring · Giám sát ngập */
export interface FloodMonitoring extends EntityOf<'FloodMonitoring'> {
  /** Name · Tên */
  readonly name?: Several<Attributes['name']>
  /** Alternate name · Tên khác */
  readonly alternateName?: Several<Attributes['alternateName']>
  /** Description · Mô tả */
  readonly description?: Several<Attributes['description']>
  /** Location · Vị trí */
  readonly location?: Several<Attributes['location']>
  /** Address · Địa chỉ */
  readonly address?: Several<Attributes['address']>
  /** Administrative unit · Đơn vị hành chính */
  readonly refAdministrativeUnit?: Several<Attributes['refAdministrativeUnit']>
  /** Source · Nguồn dữ liệu */
  readonly source?: Several<Attributes['source']>
  /** Data provider · Đơn vị cung cấp dữ liệu */
  readonly dataProvider?: Several<Attributes['dataProvider']>
  /** Data feed · Luồng dữ liệu */
  readonly refDataFeed?: Several<Attributes['refDataFeed']>
  /** Station code · Mã trạm */
  readonly stationCode?: Several<Attributes['stationCode']>
  /** Device · Thiết bị */
  readonly refDevice?: Several<Attributes['refDevice']>
  /** Observation status · Tình trạng đo */
  readonly observationStatus?: Several<Attributes['observationStatus']>
  /** Period start · Bắt đầu khoảng đo */
  readonly periodStart?: Several<Attributes['periodStart']>
  /** Point of interest · Địa điểm liên quan */
  readonly refPointOfInterest?: Several<Attributes['refPointOfInterest']>
  /** Alarm level · Cấp báo động */
  readonly alarmLevel?: Several<Attributes['alarmLevel']>
  /** Road segment · Đoạn đường */
  readonly refRoadSegment?: Several<Attributes['refRoadSegment']>
  /** Flood depth · Độ sâu ngập, m, 0 to 50 */
  readonly floodDepth?: Several<Attributes['floodDepth']>
  /** Alert depth · Ngưỡng cảnh báo, m, 0 to 50 */
  readonly alertDepth?: Several<Attributes['alertDepth']>
  /** Danger depth · Ngưỡng nguy hiểm, m, 0 to 50 */
  readonly dangerDepth?: Several<Attributes['dangerDepth']>
  /** Measured distance · Khoảng cách đo, m, 0 to 100 */
  readonly measuredDistance?: Several<Attributes['measuredDistance']>
  /** Reference height · Mốc tham chiếu, m, 0 to 100 */
  readonly referenceHeight?: Several<Attributes['referenceHeight']>
}

/** Transit agency · Đơn vị vận tải công cộng */
export interface GtfsAgency extends EntityOf<'GtfsAgency'> {
  /** Name · Tên */
  readonly name?: Several<Attributes['name']>
  /** Alternate name · Tên khác */
  readonly alternateName?: Several<Attributes['alternateName']>
  /** Description · Mô tả */
  readonly description?: Several<Attributes['description']>
  /** Location · Vị trí */
  readonly location?: Several<Attributes['location']>
  /** Address · Địa chỉ */
  readonly address?: Several<Attributes['address']>
  /** Administrative unit · Đơn vị hành chính */
  readonly refAdministrativeUnit?: Several<Attributes['refAdministrativeUnit']>
  /** Source · Nguồn dữ liệu */
  readonly source?: Several<Attributes['source']>
  /** Data provider · Đơn vị cung cấp dữ liệu */
  readonly dataProvider?: Several<Attributes['dataProvider']>
  /** Data feed · Luồng dữ liệu */
  readonly refDataFeed?: Several<Attributes['refDataFeed']>
  /** Code · Mã */
  readonly code?: Several<Attributes['code']>
  /** Web page · Trang thông tin */
  readonly webPage?: Several<Attributes['webPage']>
  /** Contact phone · Điện thoại liên hệ */
  readonly contactPhone?: Several<Attributes['contactPhone']>
  /** Contact e-mail · Thư điện tử liên hệ */
  readonly contactEmail?: Several<Attributes['contactEmail']>
  /** Time zone · Múi giờ */
  readonly timeZone?: Several<Attributes['timeZone']>
}

/** Transit route · Tuyến vận tải công cộng */
export interface GtfsRoute extends EntityOf<'GtfsRoute'> {
  /** Name · Tên */
  readonly name?: Several<Attributes['name']>
  /** Alternate name · Tên khác */
  readonly alternateName?: Several<Attributes['alternateName']>
  /** Description · Mô tả */
  readonly description?: Several<Attributes['description']>
  /** Location · Vị trí */
  readonly location?: Several<Attributes['location']>
  /** Address · Địa chỉ */
  readonly address?: Several<Attributes['address']>
  /** Administrative unit · Đơn vị hành chính */
  readonly refAdministrativeUnit?: Several<Attributes['refAdministrativeUnit']>
  /** Source · Nguồn dữ liệu */
  readonly source?: Several<Attributes['source']>
  /** Data provider · Đơn vị cung cấp dữ liệu */
  readonly dataProvider?: Several<Attributes['dataProvider']>
  /** Data feed · Luồng dữ liệu */
  readonly refDataFeed?: Several<Attributes['refDataFeed']>
  /** Code · Mã */
  readonly code?: Several<Attributes['code']>
  /** Short name · Tên ngắn */
  readonly shortName?: Several<Attributes['shortName']>
  /** Operated by · Vận hành bởi */
  readonly operatedBy?: Several<Attributes['operatedBy']>
  /** Web page · Trang thông tin */
  readonly webPage?: Several<Attributes['webPage']>
  /** Route type · Phương thức */
  readonly routeType?: Several<Attributes['routeType']>
  /** Route colour · Màu tuyến */
  readonly routeColor?: Several<Attributes['routeColor']>
}

/** Transit stop · Điểm dừng xe buýt */
export interface GtfsStop extends EntityOf<'GtfsStop'> {
  /** Name · Tên */
  readonly name?: Several<Attributes['name']>
  /** Alternate name · Tên khác */
  readonly alternateName?: Several<Attributes['alternateName']>
  /** Description · Mô tả */
  readonly description?: Several<Attributes['description']>
  /** Location · Vị trí */
  readonly location?: Several<Attributes['location']>
  /** Address · Địa chỉ */
  readonly address?: Several<Attributes['address']>
  /** Administrative unit · Đơn vị hành chính */
  readonly refAdministrativeUnit?: Several<Attributes['refAdministrativeUnit']>
  /** Source · Nguồn dữ liệu */
  readonly source?: Several<Attributes['source']>
  /** Data provider · Đơn vị cung cấp dữ liệu */
  readonly dataProvider?: Several<Attributes['dataProvider']>
  /** Data feed · Luồng dữ liệu */
  readonly refDataFeed?: Several<Attributes['refDataFeed']>
  /** Code · Mã */
  readonly code?: Several<Attributes['code']>
  /** Operated by · Vận hành bởi */
  readonly operatedBy?: Several<Attributes['operatedBy.many']>
  /** Web page · Trang thông tin */
  readonly webPage?: Several<Attributes['webPage']>
  /** Wheelchair accessible · Tiếp cận xe lăn */
  readonly wheelchairAccessible?: Several<Attributes['wheelchairAccessible']>
  /** Parent station · Thuộc bến */
  readonly hasParentStation?: Several<Attributes['hasParentStation']>
  /** Fare zone · Vùng giá vé */
  readonly zoneCode?: Several<Attributes['zoneCode']>
}

/** Transit trip · Chuyến xe */
export interface GtfsTrip extends EntityOf<'GtfsTrip'> {
  /** Source · Nguồn dữ liệu */
  readonly source?: Several<Attributes['source']>
  /** Data provider · Đơn vị cung cấp dữ liệu */
  readonly dataProvider?: Several<Attributes['dataProvider']>
  /** Data feed · Luồng dữ liệu */
  readonly refDataFeed?: Several<Attributes['refDataFeed']>
  /** Name · Tên */
  readonly name?: Several<Attributes['name']>
  /** Code · Mã */
  readonly code?: Several<Attributes['code']>
  /** Short name · Tên ngắn */
  readonly shortName?: Several<Attributes['shortName']>
  /** Head sign · Nơi đến */
  readonly headSign?: Several<Attributes['headSign']>
  /** Wheelchair accessible · Tiếp cận xe lăn */
  readonly wheelchairAccessible?: Several<Attributes['wheelchairAccessible']>
  /** Route · Tuyến */
  readonly hasRoute?: Several<Attributes['hasRoute']>
  /** Service · Lịch hoạt động */
  readonly hasService?: Several<Attributes['hasService']>
  /** Direction · Chiều chạy */
  readonly tripDirection?: Several<Attributes['tripDirection']>
  /** Departs at · Giờ xuất bến */
  readonly departsAt?: Several<Attributes['departsAt']>
}

/** Health indicator · Chỉ số y tế */
export interface HealthIndicator extends EntityOf<'HealthIndicator'> {
  /** Source · Nguồn dữ liệu */
  readonly source?: Several<Attributes['source']>
  /** Data provider · Đơn vị cung cấp dữ liệu */
  readonly dataProvider?: Several<Attributes['dataProvider']>
  /** Data feed · Luồng dữ liệu */
  readonly refDataFeed?: Several<Attributes['refDataFeed']>
  /** Name · Tên */
  readonly name?: Several<Attributes['name']>
  /** Description · Mô tả */
  readonly description?: Several<Attributes['description']>
  /** Location · Vị trí */
  readonly location?: Several<Attributes['location']>
  /** Administrative unit · Đơn vị hành chính */
  readonly refAdministrativeUnit: Several<Attributes['refAdministrativeUnit']>
  /** Period start · Bắt đầu khoảng đo */
  readonly periodStart?: Several<Attributes['periodStart']>
  /** Unit · Đơn vị tính */
  readonly unitText?: Several<Attributes['unitText']>
  /** Minimum group size · Cỡ nhóm tối thiểu, 1 to 1000 */
  readonly minimumGroupSize?: Several<Attributes['minimumGroupSize']>
  /** Indicator value · Giá trị chỉ số */
  readonly indicatorValue?: Several<Attributes['indicatorValue']>
  /** Calculation method · Cách tính */
  readonly calculationMethod?: Several<Attributes['calculationMethod']>
  /** Indicator code · Mã chỉ số */
  readonly indicatorCode: Several<Attributes['indicatorCode']>
  /** Age group · Nhóm tuổi */
  readonly ageGroup?: Several<Attributes['ageGroup']>
  /** Population · Dân số nền, 0 to 1000000000 */
  readonly population?: Several<Attributes['population']>
}

/** Key performance indicator · Chỉ số hiệu quả */
export interface KeyPerformanceIndicator extends EntityOf<'KeyPerformanceIndicator'> {
  /** Source · Nguồn dữ liệu */
  readonly source?: Several<Attributes['source']>
  /** Data provider · Đơn vị cung cấp dữ liệu */
  readonly dataProvider?: Several<Attributes['dataProvider']>
  /** Data feed · Luồng dữ liệu */
  readonly refDataFeed?: Several<Attributes['refDataFeed']>
  /** Name · Tên */
  readonly name: Several<Attributes['name']>
  /** Description · Mô tả */
  readonly description?: Several<Attributes['description']>
  /** Code · Mã */
  readonly code?: Several<Attributes['code']>
  /** Category · Phân loại */
  readonly category?: Several<Attributes['category.many']>
  /** Administrative unit · Đơn vị hành chính */
  readonly refAdministrativeUnit?: Several<Attributes['refAdministrativeUnit']>
  /** Address · Địa chỉ */
  readonly address?: Several<Attributes['address']>
  /** Period start · Bắt đầu khoảng đo */
  readonly periodStart?: Several<Attributes['periodStart']>
  /** Unit · Đơn vị tính */
  readonly unitText?: Several<Attributes['unitText']>
  /** Agency responsible · Cơ quan chịu trách nhiệm */
  readonly agencyResponsible?: Several<Attributes['agencyResponsible']>
  /** Derived from · Được tính từ */
  readonly derivedFrom?: Several<Attributes['derivedFrom.many']>
  /** Calculation method · Cách tính */
  readonly calculationMethod?: Several<Attributes['calculationMethod']>
  /** Minimum group size · Cỡ nhóm tối thiểu, 1 to 1000 */
  readonly minimumGroupSize?: Several<Attributes['minimumGroupSize']>
  /** Indicator value · Giá trị chỉ số */
  readonly indicatorValue?: Several<Attributes['indicatorValue']>
  /** Baseline · Giá trị gốc */
  readonly baselineValue?: Several<Attributes['baselineValue']>
  /** Target · Mục tiêu */
  readonly targetValue?: Several<Attributes['targetValue']>
  /** Standing · Mức đạt */
  readonly currentStanding?: Several<Attributes['currentStanding']>
  /** Formula · Công thức */
  readonly calculationFormula?: Several<Attributes['calculationFormula']>
  /** Frequency · Kỳ tính */
  readonly calculationFrequency?: Several<Attributes['calculationFrequency']>
  /** Evidence query · Truy vấn minh chứng */
  readonly evidenceQuery?: Several<Attributes['evidenceQuery']>
  /** Action rule · Quy tắc hành động */
  readonly actionRule?: Several<Attributes['actionRule']>
  /** Aligned with · Tương ứng tiêu chuẩn */
  readonly alignedWith?: Several<Attributes['alignedWith.many']>
}

/** Land parcel · Thửa đất */
export interface LandParcel extends EntityOf<'LandParcel'> {
  /** Source · Nguồn dữ liệu */
  readonly source?: Several<Attributes['source']>
  /** Data provider · Đơn vị cung cấp dữ liệu */
  readonly dataProvider?: Several<Attributes['dataProvider']>
  /** Data feed · Luồng dữ liệu */
  readonly refDataFeed?: Several<Attributes['refDataFeed']>
  /** Location · Vị trí */
  readonly location?: Several<Attributes['LandParcel.location']>
  /** Address · Địa chỉ */
  readonly address?: Several<Attributes['address']>
  /** Administrative unit · Đơn vị hành chính */
  readonly refAdministrativeUnit?: Several<Attributes['refAdministrativeUnit']>
  /** Code · Mã */
  readonly code?: Several<Attributes['code']>
  /** Land use · Mục đích sử dụng đất */
  readonly landUse?: Several<Attributes['landUse']>
  /** Area of the land · Diện tích đất, m², 0 to 1000000000 */
  readonly parcelArea?: Several<Attributes['parcelArea']>
  /** Map sheet number · Số tờ bản đồ, 0 to 100000 */
  readonly mapSheetNumber?: Several<Attributes['mapSheetNumber']>
  /** Parcel number · Số thửa, 0 to 1000000 */
  readonly parcelNumber?: Several<Attributes['parcelNumber']>
  /** Land user · Người sử dụng đất */
  readonly landUserName?: Several<Attributes['landUserName']>
}

/** Load curve · Biểu đồ phụ tải */
export interface LoadCurveObserved extends EntityOf<'LoadCurveObserved'> {
  /** Name · Tên */
  readonly name?: Several<Attributes['name']>
  /** Alternate name · Tên khác */
  readonly alternateName?: Several<Attributes['alternateName']>
  /** Description · Mô tả */
  readonly description?: Several<Attributes['description']>
  /** Location · Vị trí */
  readonly location?: Several<Attributes['location']>
  /** Address · Địa chỉ */
  readonly address?: Several<Attributes['address']>
  /** Administrative unit · Đơn vị hành chính */
  readonly refAdministrativeUnit?: Several<Attributes['refAdministrativeUnit']>
  /** Source · Nguồn dữ liệu */
  readonly source?: Several<Attributes['source']>
  /** Data provider · Đơn vị cung cấp dữ liệu */
  readonly dataProvider?: Several<Attributes['dataProvider']>
  /** Data feed · Luồng dữ liệu */
  readonly refDataFeed?: Several<Attributes['refDataFeed']>
  /** Station code · Mã trạm */
  readonly stationCode?: Several<Attributes['stationCode']>
  /** Device · Thiết bị */
  readonly refDevice?: Several<Attributes['refDevice']>
  /** Observation status · Tình trạng đo */
  readonly observationStatus?: Several<Attributes['observationStatus']>
  /** Period start · Bắt đầu khoảng đo */
  readonly periodStart?: Several<Attributes['periodStart']>
  /** Point of interest · Địa điểm liên quan */
  readonly refPointOfInterest?: Several<Attributes['refPointOfInterest']>
  /** Metering point · Điểm đo */
  readonly refMeteringPoint?: Several<Attributes['refMeteringPoint']>
  /** Active power · Công suất tác dụng, W, -1000000000000 to 1000000000000 */
  readonly totalActivePower?: Several<Attributes['totalActivePower']>
  /** Energy of the interval · Điện năng trong khoảng, kWh, 0 to 1000000000 */
  readonly activeEnergy?: Several<Attributes['activeEnergy']>
  /** Peak power · Công suất cực đại, W, 0 to 1000000000000 */
  readonly maximumPower?: Several<Attributes['maximumPower']>
}

/** Metering point · Điểm đo */
export interface MeteringPoint extends EntityOf<'MeteringPoint'> {
  /** Source · Nguồn dữ liệu */
  readonly source?: Several<Attributes['source']>
  /** Data provider · Đơn vị cung cấp dữ liệu */
  readonly dataProvider?: Several<Attributes['dataProvider']>
  /** Data feed · Luồng dữ liệu */
  readonly refDataFeed?: Several<Attributes['refDataFeed']>
  /** Name · Tên */
  readonly name?: Several<Attributes['name']>
  /** Code · Mã */
  readonly code: Several<Attributes['code']>
  /** Location · Vị trí */
  readonly location?: Several<Attributes['location']>
  /** Address · Địa chỉ */
  readonly address?: Several<Attributes['address']>
  /** Administrative unit · Đơn vị hành chính */
  readonly refAdministrativeUnit?: Several<Attributes['refAdministrativeUnit']>
  /** Device · Thiết bị */
  readonly refDevice?: Several<Attributes['refDevice.many']>
  /** Serial number · Số sê-ri */
  readonly serialNumber?: Several<Attributes['serialNumber']>
  /** Installed at · Thời điểm lắp đặt */
  readonly installedAt?: Several<Attributes['installedAt']>
  /** Metered medium · Đối tượng đo */
  readonly meteredMedium?: Several<Attributes['meteredMedium']>
  /** Customer category · Nhóm khách hàng */
  readonly customerCategory?: Several<Attributes['customerCategory']>
}

/** Noise level observed · Quan trắc tiếng ồn */
export interface NoiseLevelObserved extends EntityOf<'NoiseLevelObserved'> {
  /** Name · Tên */
  readonly name?: Several<Attributes['name']>
  /** Alternate name · Tên khác */
  readonly alternateName?: Several<Attributes['alternateName']>
  /** Description · Mô tả */
  readonly description?: Several<Attributes['description']>
  /** Location · Vị trí */
  readonly location?: Several<Attributes['location']>
  /** Address · Địa chỉ */
  readonly address?: Several<Attributes['address']>
  /** Administrative unit · Đơn vị hành chính */
  readonly refAdministrativeUnit?: Several<Attributes['refAdministrativeUnit']>
  /** Source · Nguồn dữ liệu */
  readonly source?: Several<Attributes['source']>
  /** Data provider · Đơn vị cung cấp dữ liệu */
  readonly dataProvider?: Several<Attributes['dataProvider']>
  /** Data feed · Luồng dữ liệu */
  readonly refDataFeed?: Several<Attributes['refDataFeed']>
  /** Station code · Mã trạm */
  readonly stationCode?: Several<Attributes['stationCode']>
  /** Device · Thiết bị */
  readonly refDevice?: Several<Attributes['refDevice']>
  /** Observation status · Tình trạng đo */
  readonly observationStatus?: Several<Attributes['observationStatus']>
  /** Period start · Bắt đầu khoảng đo */
  readonly periodStart?: Several<Attributes['periodStart']>
  /** Point of interest · Địa điểm liên quan */
  readonly refPointOfInterest?: Several<Attributes['refPointOfInterest']>
  /** Equivalent level (LAeq) · Mức âm tương đương (LAeq), dB, 0 to 200 */
  readonly equivalentLevel?: Several<Attributes['equivalentLevel']>
  /** Maximum level (LAmax) · Mức âm cực đại (LAmax), dB, 0 to 200 */
  readonly maximumLevel?: Several<Attributes['maximumLevel']>
  /** Slow level (LAS) · Mức âm chậm (LAS), dB, 0 to 200 */
  readonly slowLevel?: Several<Attributes['slowLevel']>
  /** Day level (LAeq_d) · Mức âm ban ngày (LAeq_d), dB, 0 to 200 */
  readonly dayLevel?: Several<Attributes['dayLevel']>
  /** Sonometer class · Cấp máy đo */
  readonly sonometerClass?: Several<Attributes['sonometerClass']>
}

/** Off-street parking · Bãi đỗ xe */
export interface OffStreetParking extends EntityOf<'OffStreetParking'> {
  /** Name · Tên */
  readonly name?: Several<Attributes['name']>
  /** Alternate name · Tên khác */
  readonly alternateName?: Several<Attributes['alternateName']>
  /** Description · Mô tả */
  readonly description?: Several<Attributes['description']>
  /** Location · Vị trí */
  readonly location?: Several<Attributes['location']>
  /** Address · Địa chỉ */
  readonly address?: Several<Attributes['address']>
  /** Administrative unit · Đơn vị hành chính */
  readonly refAdministrativeUnit?: Several<Attributes['refAdministrativeUnit']>
  /** Source · Nguồn dữ liệu */
  readonly source?: Several<Attributes['source']>
  /** Data provider · Đơn vị cung cấp dữ liệu */
  readonly dataProvider?: Several<Attributes['dataProvider']>
  /** Data feed · Luồng dữ liệu */
  readonly refDataFeed?: Several<Attributes['refDataFeed']>
  /** Category · Phân loại */
  readonly category?: Several<Attributes['category.many']>
  /** Device · Thiết bị */
  readonly refDevice?: Several<Attributes['refDevice.many']>
  /** Total spots · Tổng số chỗ, 0 to 100000 */
  readonly totalSpotNumber?: Several<Attributes['totalSpotNumber']>
  /** Free spots · Số chỗ trống, 0 to 100000 */
  readonly availableSpotNumber?: Several<Attributes['availableSpotNumber']>
  /** Occupied spots · Số chỗ đã dùng, 0 to 100000 */
  readonly occupiedSpotNumber?: Several<Attributes['occupiedSpotNumber']>
  /** Occupancy · Tỷ lệ lấp đầy, 1, 0 to 1 */
  readonly occupancy?: Several<Attributes['occupancy']>
  /** Allowed vehicle types · Loại xe được đỗ */
  readonly allowedVehicleType?: Several<Attributes['allowedVehicleType.many']>
  /** Opening hours · Giờ mở cửa */
  readonly openingHours?: Several<Attributes['openingHours']>
  /** Status · Trạng thái */
  readonly status?: Several<Attributes['OffStreetParking.status']>
}

/** On-street parking · Khu vực đỗ xe trên đường */
export interface OnStreetParking extends EntityOf<'OnStreetParking'> {
  /** Name · Tên */
  readonly name?: Several<Attributes['name']>
  /** Alternate name · Tên khác */
  readonly alternateName?: Several<Attributes['alternateName']>
  /** Description · Mô tả */
  readonly description?: Several<Attributes['description']>
  /** Location · Vị trí */
  readonly location?: Several<Attributes['location']>
  /** Address · Địa chỉ */
  readonly address?: Several<Attributes['address']>
  /** Administrative unit · Đơn vị hành chính */
  readonly refAdministrativeUnit?: Several<Attributes['refAdministrativeUnit']>
  /** Source · Nguồn dữ liệu */
  readonly source?: Several<Attributes['source']>
  /** Data provider · Đơn vị cung cấp dữ liệu */
  readonly dataProvider?: Several<Attributes['dataProvider']>
  /** Data feed · Luồng dữ liệu */
  readonly refDataFeed?: Several<Attributes['refDataFeed']>
  /** Category · Phân loại */
  readonly category?: Several<Attributes['category.many']>
  /** Device · Thiết bị */
  readonly refDevice?: Several<Attributes['refDevice.many']>
  /** Total spots · Tổng số chỗ, 0 to 100000 */
  readonly totalSpotNumber?: Several<Attributes['totalSpotNumber']>
  /** Free spots · Số chỗ trống, 0 to 100000 */
  readonly availableSpotNumber?: Several<Attributes['availableSpotNumber']>
  /** Occupied spots · Số chỗ đã dùng, 0 to 100000 */
  readonly occupiedSpotNumber?: Several<Attributes['occupiedSpotNumber']>
  /** Occupancy · Tỷ lệ lấp đầy, 1, 0 to 1 */
  readonly occupancy?: Several<Attributes['occupancy']>
  /** Allowed vehicle types · Loại xe được phép */
  readonly allowedVehicleType?: Several<Attributes['allowedVehicleType.many']>
  /** Opening hours · Giờ mở cửa */
  readonly openingHours?: Several<Attributes['openingHours']>
  /** Status · Trạng thái */
  readonly status?: Several<Attributes['OnStreetParking.status']>
  /** Road segment · Đoạn đường */
  readonly refRoadSegment?: Several<Attributes['refRoadSegment']>
  /** Area served · Phạm vi phục vụ */
  readonly areaServed?: Several<Attributes['areaServed']>
  /** Charge type · Hình thức thu phí */
  readonly chargeType?: Several<Attributes['chargeType.many']>
  /** Longest parking · Thời gian đỗ tối đa */
  readonly maximumParkingDuration?: Several<Attributes['maximumParkingDuration']>
}

/** Organization · Cơ quan */
export interface Organization extends EntityOf<'Organization'> {
  /** Name · Tên */
  readonly name?: Several<Attributes['name']>
  /** Alternate name · Tên khác */
  readonly alternateName?: Several<Attributes['alternateName']>
  /** Description · Mô tả */
  readonly description?: Several<Attributes['description']>
  /** Location · Vị trí */
  readonly location?: Several<Attributes['location']>
  /** Address · Địa chỉ */
  readonly address?: Several<Attributes['address']>
  /** Administrative unit · Đơn vị hành chính */
  readonly refAdministrativeUnit?: Several<Attributes['refAdministrativeUnit']>
  /** Source · Nguồn dữ liệu */
  readonly source?: Several<Attributes['source']>
  /** Data provider · Đơn vị cung cấp dữ liệu */
  readonly dataProvider?: Several<Attributes['dataProvider']>
  /** Data feed · Luồng dữ liệu */
  readonly refDataFeed?: Several<Attributes['refDataFeed']>
  /** Code · Mã */
  readonly code?: Several<Attributes['code']>
  /** Web page · Trang thông tin */
  readonly webPage?: Several<Attributes['webPage']>
  /** Contact phone · Điện thoại liên hệ */
  readonly contactPhone?: Several<Attributes['contactPhone']>
  /** Contact e-mail · Thư điện tử liên hệ */
  readonly contactEmail?: Several<Attributes['contactEmail']>
  /** Area served · Phạm vi phục vụ */
  readonly areaServed?: Several<Attributes['areaServed']>
  /** Legal name · Tên pháp lý */
  readonly legalName?: Several<Attributes['legalName']>
  /** Part of · Thuộc */
  readonly partOf?: Several<Attributes['partOf']>
}

/** Parking access · Lối vào bãi đỗ xe */
export interface ParkingAccess extends EntityOf<'ParkingAccess'> {
  /** Name · Tên */
  readonly name?: Several<Attributes['name']>
  /** Alternate name · Tên khác */
  readonly alternateName?: Several<Attributes['alternateName']>
  /** Description · Mô tả */
  readonly description?: Several<Attributes['description']>
  /** Location · Vị trí */
  readonly location?: Several<Attributes['location']>
  /** Address · Địa chỉ */
  readonly address?: Several<Attributes['address']>
  /** Administrative unit · Đơn vị hành chính */
  readonly refAdministrativeUnit?: Several<Attributes['refAdministrativeUnit']>
  /** Source · Nguồn dữ liệu */
  readonly source?: Several<Attributes['source']>
  /** Data provider · Đơn vị cung cấp dữ liệu */
  readonly dataProvider?: Several<Attributes['dataProvider']>
  /** Data feed · Luồng dữ liệu */
  readonly refDataFeed?: Several<Attributes['refDataFeed']>
  /** Category · Phân loại */
  readonly category?: Several<Attributes['category.many']>
  /** Status · Trạng thái */
  readonly status?: Several<Attributes['status']>
  /** Parking site · Thuộc bãi đỗ xe */
  readonly refParkingSite?: Several<Attributes['refParkingSite']>
  /** Height limit · Chiều cao tối đa, m, 0 to 20 */
  readonly maximumAllowedHeight?: Several<Attributes['maximumAllowedHeight']>
}

/** Parking spot · Chỗ đỗ xe */
export interface ParkingSpot extends EntityOf<'ParkingSpot'> {
  /** Name · Tên */
  readonly name?: Several<Attributes['name']>
  /** Alternate name · Tên khác */
  readonly alternateName?: Several<Attributes['alternateName']>
  /** Description · Mô tả */
  readonly description?: Several<Attributes['description']>
  /** Location · Vị trí */
  readonly location?: Several<Attributes['location']>
  /** Address · Địa chỉ */
  readonly address?: Several<Attributes['address']>
  /** Administrative unit · Đơn vị hành chính */
  readonly refAdministrativeUnit?: Several<Attributes['refAdministrativeUnit']>
  /** Source · Nguồn dữ liệu */
  readonly source?: Several<Attributes['source']>
  /** Data provider · Đơn vị cung cấp dữ liệu */
  readonly dataProvider?: Several<Attributes['dataProvider']>
  /** Data feed · Luồng dữ liệu */
  readonly refDataFeed?: Several<Attributes['refDataFeed']>
  /** Category · Phân loại */
  readonly category?: Several<Attributes['category.many']>
  /** Status · Trạng thái */
  readonly status?: Several<Attributes['ParkingSpot.status']>
  /** Device · Thiết bị */
  readonly refDevice?: Several<Attributes['refDevice.many']>
  /** Width · Chiều rộng, m, 0 to 1000 */
  readonly width?: Several<Attributes['width']>
  /** Length · Chiều dài, m, 0 to 1000000 */
  readonly length?: Several<Attributes['length']>
  /** Parking site · Thuộc bãi đỗ xe */
  readonly refParkingSite?: Several<Attributes['refParkingSite']>
}

/** Planning zone · Ô quy hoạch */
export interface PlanningZone extends EntityOf<'PlanningZone'> {
  /** Name · Tên */
  readonly name?: Several<Attributes['name']>
  /** Alternate name · Tên khác */
  readonly alternateName?: Several<Attributes['alternateName']>
  /** Description · Mô tả */
  readonly description?: Several<Attributes['description']>
  /** Location · Vị trí */
  readonly location?: Several<Attributes['PlanningZone.location']>
  /** Address · Địa chỉ */
  readonly address?: Several<Attributes['address']>
  /** Administrative unit · Đơn vị hành chính */
  readonly refAdministrativeUnit?: Several<Attributes['refAdministrativeUnit']>
  /** Source · Nguồn dữ liệu */
  readonly source?: Several<Attributes['source']>
  /** Data provider · Đơn vị cung cấp dữ liệu */
  readonly dataProvider?: Several<Attributes['dataProvider']>
  /** Data feed · Luồng dữ liệu */
  readonly refDataFeed?: Several<Attributes['refDataFeed']>
  /** Code · Mã */
  readonly code?: Several<Attributes['code']>
  /** Land use · Mục đích sử dụng đất */
  readonly landUse?: Several<Attributes['landUse']>
  /** Area of the land · Diện tích đất, m², 0 to 1000000000 */
  readonly parcelArea?: Several<Attributes['parcelArea']>
  /** Urban plan · Đồ án quy hoạch */
  readonly refUrbanPlan: Several<Attributes['refUrbanPlan']>
  /** Floor area ratio · Hệ số sử dụng đất, 0 to 50 */
  readonly floorAreaRatio?: Several<Attributes['floorAreaRatio']>
  /** Building density · Mật độ xây dựng, 1, 0 to 1 */
  readonly buildingDensity?: Several<Attributes['buildingDensity']>
  /** Most floors · Số tầng tối đa, 0 to 200 */
  readonly maximumFloors?: Several<Attributes['maximumFloors']>
}

/** Point of interest · Địa điểm */
export interface PointOfInterest extends EntityOf<'PointOfInterest'> {
  /** Name · Tên */
  readonly name?: Several<Attributes['name']>
  /** Alternate name · Tên khác */
  readonly alternateName?: Several<Attributes['alternateName']>
  /** Description · Mô tả */
  readonly description?: Several<Attributes['description']>
  /** Location · Vị trí */
  readonly location?: Several<Attributes['location']>
  /** Address · Địa chỉ */
  readonly address?: Several<Attributes['address']>
  /** Administrative unit · Đơn vị hành chính */
  readonly refAdministrativeUnit?: Several<Attributes['refAdministrativeUnit']>
  /** Source · Nguồn dữ liệu */
  readonly source?: Several<Attributes['source']>
  /** Data provider · Đơn vị cung cấp dữ liệu */
  readonly dataProvider?: Several<Attributes['dataProvider']>
  /** Data feed · Luồng dữ liệu */
  readonly refDataFeed?: Several<Attributes['refDataFeed']>
  /** Category · Phân loại */
  readonly category?: Several<Attributes['category.many']>
  /** Opening hours · Giờ mở cửa */
  readonly openingHours?: Several<Attributes['openingHours']>
  /** Web page · Trang thông tin */
  readonly webPage?: Several<Attributes['webPage']>
}

/** Rainfall indicator · Lượng mưa ngày */
export interface RainfallIndicator extends EntityOf<'RainfallIndicator'> {
  /** Name · Tên */
  readonly name?: Several<Attributes['name']>
  /** Description · Mô tả */
  readonly description?: Several<Attributes['description']>
  /** Location · Vị trí */
  readonly location?: Several<Attributes['location']>
  /** Administrative unit · Đơn vị hành chính */
  readonly refAdministrativeUnit?: Several<Attributes['refAdministrativeUnit']>
  /** Station code · Mã trạm */
  readonly stationCode?: Several<Attributes['stationCode']>
  /** Data provider · Đơn vị cung cấp dữ liệu */
  readonly dataProvider?: Several<Attributes['dataProvider']>
  /** Derived from · Được tính từ */
  readonly derivedFrom: Several<Attributes['derivedFrom']>
  /** Daily rainfall · Lượng mưa ngày, mm, 0 to 3000 */
  readonly dailyRainfall?: Several<Attributes['dailyRainfall']>
}

/** Rainfall observed · Quan trắc mưa */
export interface RainfallObserved extends EntityOf<'RainfallObserved'> {
  /** Name · Tên */
  readonly name?: Several<Attributes['name']>
  /** Alternate name · Tên khác */
  readonly alternateName?: Several<Attributes['alternateName']>
  /** Description · Mô tả */
  readonly description?: Several<Attributes['description']>
  /** Location · Vị trí */
  readonly location?: Several<Attributes['location']>
  /** Address · Địa chỉ */
  readonly address?: Several<Attributes['address']>
  /** Administrative unit · Đơn vị hành chính */
  readonly refAdministrativeUnit?: Several<Attributes['refAdministrativeUnit']>
  /** Source · Nguồn dữ liệu */
  readonly source?: Several<Attributes['source']>
  /** Data provider · Đơn vị cung cấp dữ liệu */
  readonly dataProvider?: Several<Attributes['dataProvider']>
  /** Data feed · Luồng dữ liệu */
  readonly refDataFeed?: Several<Attributes['refDataFeed']>
  /** Station code · Mã trạm */
  readonly stationCode?: Several<Attributes['stationCode']>
  /** Device · Thiết bị */
  readonly refDevice?: Several<Attributes['refDevice']>
  /** Observation status · Tình trạng đo */
  readonly observationStatus?: Several<Attributes['observationStatus']>
  /** Period start · Bắt đầu khoảng đo */
  readonly periodStart?: Several<Attributes['periodStart']>
  /** Point of interest · Địa điểm liên quan */
  readonly refPointOfInterest?: Several<Attributes['refPointOfInterest']>
  /** Precipitation · Lượng mưa, mm, 0 to 2000 */
  readonly precipitation?: Several<Attributes['precipitation']>
  /** Rain since 19:00 · Mưa tích lũy từ 19 giờ, mm, 0 to 3000 */
  readonly rainfallSinceRainDayStart?: Several<Attributes['rainfallSinceRainDayStart']>
  /** Rain level · Cấp mưa */
  readonly rainLevel?: Several<Attributes['rainLevel']>
}

/** Road accident · Tai nạn giao thông */
export interface RoadAccident extends EntityOf<'RoadAccident'> {
  /** Source · Nguồn dữ liệu */
  readonly source?: Several<Attributes['source']>
  /** Data provider · Đơn vị cung cấp dữ liệu */
  readonly dataProvider?: Several<Attributes['dataProvider']>
  /** Data feed · Luồng dữ liệu */
  readonly refDataFeed?: Several<Attributes['refDataFeed']>
  /** Description · Mô tả */
  readonly description?: Several<Attributes['description']>
  /** Location · Vị trí */
  readonly location?: Several<Attributes['location']>
  /** Address · Địa chỉ */
  readonly address?: Several<Attributes['address']>
  /** Administrative unit · Đơn vị hành chính */
  readonly refAdministrativeUnit?: Several<Attributes['refAdministrativeUnit']>
  /** Road segment · Đoạn đường */
  readonly refRoadSegment?: Several<Attributes['refRoadSegment']>
  /** Status · Trạng thái */
  readonly status?: Several<Attributes['RoadAccident.status']>
  /** Occurred at · Thời điểm xảy ra */
  readonly occurredAt?: Several<Attributes['occurredAt']>
  /** Case code · Mã hồ sơ */
  readonly caseCode?: Several<Attributes['caseCode']>
  /** Category · Phân loại */
  readonly category?: Several<Attributes['category.many']>
  /** Vehicle type · Loại phương tiện */
  readonly vehicleType?: Several<Attributes['vehicleType.many']>
  /** Injured · Số người bị thương, 0 to 10000 */
  readonly injuredCount?: Several<Attributes['injuredCount']>
  /** Dead · Số người chết, 0 to 10000 */
  readonly deadCount?: Several<Attributes['deadCount']>
}

/** Road segment · Đoạn đường */
export interface RoadSegment extends EntityOf<'RoadSegment'> {
  /** Name · Tên */
  readonly name?: Several<Attributes['name']>
  /** Alternate name · Tên khác */
  readonly alternateName?: Several<Attributes['alternateName']>
  /** Description · Mô tả */
  readonly description?: Several<Attributes['description']>
  /** Location · Vị trí */
  readonly location?: Several<Attributes['RoadSegment.location']>
  /** Address · Địa chỉ */
  readonly address?: Several<Attributes['address']>
  /** Administrative unit · Đơn vị hành chính */
  readonly refAdministrativeUnit?: Several<Attributes['refAdministrativeUnit']>
  /** Source · Nguồn dữ liệu */
  readonly source?: Several<Attributes['source']>
  /** Data provider · Đơn vị cung cấp dữ liệu */
  readonly dataProvider?: Several<Attributes['dataProvider']>
  /** Data feed · Luồng dữ liệu */
  readonly refDataFeed?: Several<Attributes['refDataFeed']>
  /** Category · Phân loại */
  readonly category?: Several<Attributes['category.many']>
  /** Status · Trạng thái */
  readonly status?: Several<Attributes['status']>
  /** Road class · Cấp đường */
  readonly roadClass?: Several<Attributes['roadClass']>
  /** Length · Chiều dài, m, 0 to 1000000 */
  readonly length?: Several<Attributes['length']>
  /** Allowed vehicle types · Loại xe được phép */
  readonly allowedVehicleType?: Several<Attributes['allowedVehicleType.many']>
  /** Agency responsible · Cơ quan chịu trách nhiệm */
  readonly agencyResponsible?: Several<Attributes['agencyResponsible']>
  /** Road · Tuyến đường */
  readonly refRoad?: Several<Attributes['refRoad']>
  /** Start point · Điểm đầu */
  readonly startPoint?: Several<Attributes['startPoint']>
  /** End point · Điểm cuối */
  readonly endPoint?: Several<Attributes['endPoint']>
  /** Lanes · Số làn xe, 0 to 20 */
  readonly totalLaneNumber?: Several<Attributes['totalLaneNumber']>
  /** Width · Chiều rộng, m, 0 to 200 */
  readonly width?: Several<Attributes['RoadSegment.width']>
  /** Speed limit · Tốc độ tối đa, km/h, 0 to 150 */
  readonly maximumAllowedSpeed?: Several<Attributes['maximumAllowedSpeed']>
  /** Weight limit · Tải trọng tối đa, kg, 0 to 200000 */
  readonly maximumAllowedWeight?: Several<Attributes['maximumAllowedWeight']>
  /** Height limit · Chiều cao tối đa, m, 0 to 20 */
  readonly maximumAllowedHeight?: Several<Attributes['maximumAllowedHeight']>
}

/** Road work · Thi công trên đường */
export interface RoadWork extends EntityOf<'RoadWork'> {
  /** Name · Tên */
  readonly name?: Several<Attributes['name']>
  /** Alternate name · Tên khác */
  readonly alternateName?: Several<Attributes['alternateName']>
  /** Description · Mô tả */
  readonly description?: Several<Attributes['description']>
  /** Location · Vị trí */
  readonly location?: Several<Attributes['location']>
  /** Address · Địa chỉ */
  readonly address?: Several<Attributes['address']>
  /** Administrative unit · Đơn vị hành chính */
  readonly refAdministrativeUnit?: Several<Attributes['refAdministrativeUnit']>
  /** Source · Nguồn dữ liệu */
  readonly source?: Several<Attributes['source']>
  /** Data provider · Đơn vị cung cấp dữ liệu */
  readonly dataProvider?: Several<Attributes['dataProvider']>
  /** Data feed · Luồng dữ liệu */
  readonly refDataFeed?: Several<Attributes['refDataFeed']>
  /** Road segment · Đoạn đường */
  readonly refRoadSegment?: Several<Attributes['refRoadSegment.many']>
  /** Starts at · Bắt đầu */
  readonly startsAt?: Several<Attributes['startsAt']>
  /** Ends at · Kết thúc */
  readonly endsAt?: Several<Attributes['endsAt']>
  /** Status · Trạng thái */
  readonly status?: Several<Attributes['status']>
  /** Agency responsible · Cơ quan chịu trách nhiệm */
  readonly agencyResponsible?: Several<Attributes['agencyResponsible']>
}

/** Road · Đường bộ */
export interface Road extends EntityOf<'Road'> {
  /** Name · Tên */
  readonly name?: Several<Attributes['name']>
  /** Alternate name · Tên khác */
  readonly alternateName?: Several<Attributes['alternateName']>
  /** Description · Mô tả */
  readonly description?: Several<Attributes['description']>
  /** Location · Vị trí */
  readonly location?: Several<Attributes['location']>
  /** Address · Địa chỉ */
  readonly address?: Several<Attributes['address']>
  /** Administrative unit · Đơn vị hành chính */
  readonly refAdministrativeUnit?: Several<Attributes['refAdministrativeUnit']>
  /** Source · Nguồn dữ liệu */
  readonly source?: Several<Attributes['source']>
  /** Data provider · Đơn vị cung cấp dữ liệu */
  readonly dataProvider?: Several<Attributes['dataProvider']>
  /** Data feed · Luồng dữ liệu */
  readonly refDataFeed?: Several<Attributes['refDataFeed']>
  /** Road class · Cấp đường */
  readonly roadClass?: Several<Attributes['roadClass']>
  /** Road segment · Đoạn đường */
  readonly refRoadSegment?: Several<Attributes['refRoadSegment.many']>
  /** Length · Chiều dài, m, 0 to 1000000 */
  readonly length?: Several<Attributes['length']>
  /** Agency responsible · Cơ quan chịu trách nhiệm */
  readonly agencyResponsible?: Several<Attributes['agencyResponsible']>
  /** Road code · Số hiệu đường */
  readonly roadCode?: Several<Attributes['roadCode']>
}

/** Service request · Phản ánh hiện trường */
export interface ServiceRequest extends EntityOf<'ServiceRequest'> {
  /** Source · Nguồn dữ liệu */
  readonly source?: Several<Attributes['source']>
  /** Data provider · Đơn vị cung cấp dữ liệu */
  readonly dataProvider?: Several<Attributes['dataProvider']>
  /** Data feed · Luồng dữ liệu */
  readonly refDataFeed?: Several<Attributes['refDataFeed']>
  /** Request code · Mã phản ánh */
  readonly requestCode: Several<Attributes['requestCode']>
  /** Category · Phân loại */
  readonly category?: Several<Attributes['category']>
  /** Description · Mô tả */
  readonly description?: Several<Attributes['description']>
  /** Status · Trạng thái */
  readonly status?: Several<Attributes['ServiceRequest.status']>
  /** Status notes · Ghi chú xử lý */
  readonly statusNotes?: Several<Attributes['statusNotes']>
  /** Requested at · Thời điểm phản ánh */
  readonly requestedAt?: Several<Attributes['requestedAt']>
  /** Expected at · Hạn xử lý */
  readonly expectedAt?: Several<Attributes['expectedAt']>
  /** Resolved at · Thời điểm xử lý xong */
  readonly resolvedAt?: Several<Attributes['resolvedAt']>
  /** Agency responsible · Cơ quan chịu trách nhiệm */
  readonly agencyResponsible?: Several<Attributes['agencyResponsible']>
  /** Reporter's name · Họ tên người gửi */
  readonly reporterName?: Several<Attributes['reporterName']>
  /** Reporter's phone · Số điện thoại người gửi */
  readonly reporterPhone?: Several<Attributes['reporterPhone']>
  /** Reporter's e-mail · Thư điện tử người gửi */
  readonly reporterEmail?: Several<Attributes['reporterEmail']>
  /** Location · Vị trí */
  readonly location?: Several<Attributes['location']>
  /** Address · Địa chỉ */
  readonly address?: Several<Attributes['address']>
  /** Administrative unit · Đơn vị hành chính */
  readonly refAdministrativeUnit?: Several<Attributes['refAdministrativeUnit']>
  /** Media · Hình ảnh, video */
  readonly media?: Several<Attributes['media.many']>
}

/** Service type · Lĩnh vực phản ánh */
export interface ServiceType extends EntityOf<'ServiceType'> {
  /** Source · Nguồn dữ liệu */
  readonly source?: Several<Attributes['source']>
  /** Data provider · Đơn vị cung cấp dữ liệu */
  readonly dataProvider?: Several<Attributes['dataProvider']>
  /** Data feed · Luồng dữ liệu */
  readonly refDataFeed?: Several<Attributes['refDataFeed']>
  /** Name · Tên */
  readonly name?: Several<Attributes['name']>
  /** Description · Mô tả */
  readonly description?: Several<Attributes['description']>
  /** Code · Mã */
  readonly code: Several<Attributes['code']>
  /** Category · Phân loại */
  readonly category?: Several<Attributes['category']>
  /** Agency responsible · Cơ quan chịu trách nhiệm */
  readonly agencyResponsible?: Several<Attributes['agencyResponsible']>
  /** Days to handle · Thời hạn xử lý, 0 to 365 */
  readonly handlingDays?: Several<Attributes['handlingDays']>
}

/** Meter reading · Chỉ số công tơ */
export interface SmartMeteringObservation extends EntityOf<'SmartMeteringObservation'> {
  /** Source · Nguồn dữ liệu */
  readonly source?: Several<Attributes['source']>
  /** Data provider · Đơn vị cung cấp dữ liệu */
  readonly dataProvider?: Several<Attributes['dataProvider']>
  /** Data feed · Luồng dữ liệu */
  readonly refDataFeed?: Several<Attributes['refDataFeed']>
  /** Location · Vị trí */
  readonly location?: Several<Attributes['location']>
  /** Address · Địa chỉ */
  readonly address?: Several<Attributes['address']>
  /** Administrative unit · Đơn vị hành chính */
  readonly refAdministrativeUnit?: Several<Attributes['refAdministrativeUnit']>
  /** Device · Thiết bị */
  readonly refDevice?: Several<Attributes['refDevice']>
  /** Metering point · Điểm đo */
  readonly refMeteringPoint?: Several<Attributes['refMeteringPoint']>
  /** Period start · Bắt đầu khoảng đo */
  readonly periodStart?: Several<Attributes['periodStart']>
  /** Power factor · Hệ số công suất, -1 to 1 */
  readonly totalPowerFactor?: Several<Attributes['totalPowerFactor']>
  /** Total consumption · Tổng tiêu thụ, kWh, 0 to 1000000000 */
  readonly totalConsumption?: Several<Attributes['totalConsumption']>
  /** Peak consumption · Tiêu thụ giờ cao điểm, kWh, 0 to 1000000000 */
  readonly peakConsumption?: Several<Attributes['peakConsumption']>
  /** Off-peak consumption · Tiêu thụ giờ thấp điểm, kWh, 0 to 1000000000 */
  readonly offPeakConsumption?: Several<Attributes['offPeakConsumption']>
}

/** Streetlight control cabinet · Tủ điều khiển chiếu sáng */
export interface StreetlightControlCabinet extends EntityOf<'StreetlightControlCabinet'> {
  /** Name · Tên */
  readonly name?: Several<Attributes['name']>
  /** Alternate name · Tên khác */
  readonly alternateName?: Several<Attributes['alternateName']>
  /** Description · Mô tả */
  readonly description?: Several<Attributes['description']>
  /** Location · Vị trí */
  readonly location?: Several<Attributes['location']>
  /** Address · Địa chỉ */
  readonly address?: Several<Attributes['address']>
  /** Administrative unit · Đơn vị hành chính */
  readonly refAdministrativeUnit?: Several<Attributes['refAdministrativeUnit']>
  /** Source · Nguồn dữ liệu */
  readonly source?: Several<Attributes['source']>
  /** Data provider · Đơn vị cung cấp dữ liệu */
  readonly dataProvider?: Several<Attributes['dataProvider']>
  /** Data feed · Luồng dữ liệu */
  readonly refDataFeed?: Several<Attributes['refDataFeed']>
  /** Status · Trạng thái */
  readonly status?: Several<Attributes['status']>
  /** Power state · Trạng thái nguồn */
  readonly powerState?: Several<Attributes['powerState']>
  /** Device · Thiết bị */
  readonly refDevice?: Several<Attributes['refDevice.many']>
  /** Streetlight group · Nhóm đèn */
  readonly refStreetlightGroup?: Several<Attributes['refStreetlightGroup.many']>
  /** Serial number · Số sê-ri */
  readonly serialNumber?: Several<Attributes['serialNumber']>
  /** Installed at · Thời điểm lắp đặt */
  readonly installedAt?: Several<Attributes['installedAt']>
  /** Agency responsible · Cơ quan chịu trách nhiệm */
  readonly agencyResponsible?: Several<Attributes['agencyResponsible']>
  /** Working mode · Chế độ vận hành */
  readonly workingMode?: Several<Attributes['workingMode']>
  /** Energy consumed · Điện năng tiêu thụ, kWh, 0 to 1000000000 */
  readonly energyConsumed?: Several<Attributes['energyConsumed']>
  /** Maximum power · Công suất tối đa, kW, 0 to 100000 */
  readonly maximumPowerAvailable?: Several<Attributes['maximumPowerAvailable']>
  /** Phase voltage · Điện áp pha, V */
  readonly phaseVoltage?: Several<Attributes['phaseVoltage']>
  /** Current · Dòng điện, A */
  readonly current?: Several<Attributes['current']>
  /** Active power by phase · Công suất tác dụng từng pha, W */
  readonly phaseActivePower?: Several<Attributes['phaseActivePower']>
  /** Frequency · Tần số, Hz, 0 to 1000 */
  readonly frequency?: Several<Attributes['frequency']>
}

/** Streetlight group · Nhóm đèn đường */
export interface StreetlightGroup extends EntityOf<'StreetlightGroup'> {
  /** Name · Tên */
  readonly name?: Several<Attributes['name']>
  /** Alternate name · Tên khác */
  readonly alternateName?: Several<Attributes['alternateName']>
  /** Description · Mô tả */
  readonly description?: Several<Attributes['description']>
  /** Location · Vị trí */
  readonly location?: Several<Attributes['location']>
  /** Address · Địa chỉ */
  readonly address?: Several<Attributes['address']>
  /** Administrative unit · Đơn vị hành chính */
  readonly refAdministrativeUnit?: Several<Attributes['refAdministrativeUnit']>
  /** Source · Nguồn dữ liệu */
  readonly source?: Several<Attributes['source']>
  /** Data provider · Đơn vị cung cấp dữ liệu */
  readonly dataProvider?: Several<Attributes['dataProvider']>
  /** Data feed · Luồng dữ liệu */
  readonly refDataFeed?: Several<Attributes['refDataFeed']>
  /** Power state · Trạng thái nguồn */
  readonly powerState?: Several<Attributes['powerState']>
  /** Area served · Phạm vi phục vụ */
  readonly areaServed?: Several<Attributes['areaServed']>
  /** Circuit · Lộ */
  readonly circuit?: Several<Attributes['circuit']>
  /** Illuminance level · Mức sáng, 1, 0 to 1 */
  readonly illuminanceLevel?: Several<Attributes['illuminanceLevel']>
  /** Control cabinet · Tủ điều khiển */
  readonly refStreetlightControlCabinet?: Several<Attributes['refStreetlightControlCabinet']>
  /** Switching mode · Chế độ đóng cắt */
  readonly switchingMode?: Several<Attributes['switchingMode.many']>
  /** Switched on at · Lần bật gần nhất */
  readonly switchedOnAt?: Several<Attributes['switchedOnAt']>
  /** Switched off at · Lần tắt gần nhất */
  readonly switchedOffAt?: Several<Attributes['switchedOffAt']>
}

/** Streetlight · Đèn đường */
export interface Streetlight extends EntityOf<'Streetlight'> {
  /** Name · Tên */
  readonly name?: Several<Attributes['name']>
  /** Alternate name · Tên khác */
  readonly alternateName?: Several<Attributes['alternateName']>
  /** Description · Mô tả */
  readonly description?: Several<Attributes['description']>
  /** Location · Vị trí */
  readonly location?: Several<Attributes['location']>
  /** Address · Địa chỉ */
  readonly address?: Several<Attributes['address']>
  /** Administrative unit · Đơn vị hành chính */
  readonly refAdministrativeUnit?: Several<Attributes['refAdministrativeUnit']>
  /** Source · Nguồn dữ liệu */
  readonly source?: Several<Attributes['source']>
  /** Data provider · Đơn vị cung cấp dữ liệu */
  readonly dataProvider?: Several<Attributes['dataProvider']>
  /** Data feed · Luồng dữ liệu */
  readonly refDataFeed?: Several<Attributes['refDataFeed']>
  /** Status · Trạng thái */
  readonly status?: Several<Attributes['Streetlight.status']>
  /** Power state · Trạng thái nguồn */
  readonly powerState?: Several<Attributes['powerState']>
  /** Device · Thiết bị */
  readonly refDevice?: Several<Attributes['refDevice.many']>
  /** Installed at · Thời điểm lắp đặt */
  readonly installedAt?: Several<Attributes['installedAt']>
  /** Streetlight group · Nhóm đèn */
  readonly refStreetlightGroup?: Several<Attributes['refStreetlightGroup']>
  /** Control cabinet · Tủ điều khiển */
  readonly refStreetlightControlCabinet?: Several<Attributes['refStreetlightControlCabinet']>
  /** Circuit · Lộ */
  readonly circuit?: Several<Attributes['circuit']>
  /** Illuminance level · Mức sáng, 1, 0 to 1 */
  readonly illuminanceLevel?: Several<Attributes['illuminanceLevel']>
  /** Lantern height · Chiều cao đèn, m, 0 to 60 */
  readonly lanternHeight?: Several<Attributes['lanternHeight']>
  /** Rated power · Công suất danh định, W, 0 to 100000 */
  readonly ratedPower?: Several<Attributes['ratedPower']>
  /** Power consumption · Công suất tiêu thụ, W, 0 to 100000000 */
  readonly powerConsumption?: Several<Attributes['powerConsumption']>
  /** Working hours · Số giờ sáng, h, 0 to 1000000 */
  readonly workingHours?: Several<Attributes['workingHours']>
}

/** Traffic flow observed · Quan trắc giao thông */
export interface TrafficFlowObserved extends EntityOf<'TrafficFlowObserved'> {
  /** Name · Tên */
  readonly name?: Several<Attributes['name']>
  /** Alternate name · Tên khác */
  readonly alternateName?: Several<Attributes['alternateName']>
  /** Description · Mô tả */
  readonly description?: Several<Attributes['description']>
  /** Location · Vị trí */
  readonly location?: Several<Attributes['location']>
  /** Address · Địa chỉ */
  readonly address?: Several<Attributes['address']>
  /** Administrative unit · Đơn vị hành chính */
  readonly refAdministrativeUnit?: Several<Attributes['refAdministrativeUnit']>
  /** Source · Nguồn dữ liệu */
  readonly source?: Several<Attributes['source']>
  /** Data provider · Đơn vị cung cấp dữ liệu */
  readonly dataProvider?: Several<Attributes['dataProvider']>
  /** Data feed · Luồng dữ liệu */
  readonly refDataFeed?: Several<Attributes['refDataFeed']>
  /** Station code · Mã trạm */
  readonly stationCode?: Several<Attributes['stationCode']>
  /** Device · Thiết bị */
  readonly refDevice?: Several<Attributes['refDevice']>
  /** Observation status · Tình trạng đo */
  readonly observationStatus?: Several<Attributes['observationStatus']>
  /** Period start · Bắt đầu khoảng đo */
  readonly periodStart?: Several<Attributes['periodStart']>
  /** Point of interest · Địa điểm liên quan */
  readonly refPointOfInterest?: Several<Attributes['refPointOfInterest']>
  /** Road segment · Đoạn đường */
  readonly refRoadSegment?: Several<Attributes['refRoadSegment']>
  /** Lane · Số làn, 0 to 50 */
  readonly laneId?: Several<Attributes['laneId']>
  /** Lane direction · Chiều của làn */
  readonly laneDirection?: Several<Attributes['laneDirection']>
  /** Vehicle type · Loại phương tiện */
  readonly vehicleType?: Several<Attributes['vehicleType']>
  /** Intensity · Lưu lượng xe, 0 to 100000 */
  readonly intensity?: Several<Attributes['intensity']>
  /** Vehicles by kind · Số xe theo loại */
  readonly vehicleCounts?: Several<Attributes['vehicleCounts']>
  /** Road occupancy · Độ chiếm dụng, 1, 0 to 1 */
  readonly roadOccupancy?: Several<Attributes['roadOccupancy']>
  /** Average speed · Tốc độ trung bình, km/h, 0 to 300 */
  readonly averageVehicleSpeed?: Several<Attributes['averageVehicleSpeed']>
  /** Average vehicle length · Chiều dài xe trung bình, m, 0 to 50 */
  readonly averageVehicleLength?: Several<Attributes['averageVehicleLength']>
  /** Average gap · Khoảng cách xe trung bình, m, 0 to 10000 */
  readonly averageGapDistance?: Several<Attributes['averageGapDistance']>
  /** Average headway · Giãn cách thời gian trung bình, s, 0 to 86400 */
  readonly averageHeadwayTime?: Several<Attributes['averageHeadwayTime']>
  /** Congested · Ùn tắc */
  readonly congested?: Several<Attributes['congested']>
  /** Reversed lane · Làn đổi chiều */
  readonly reversedLane?: Several<Attributes['reversedLane']>
}

/** Traffic violation count · Số vi phạm giao thông */
export interface TrafficViolationCount extends EntityOf<'TrafficViolationCount'> {
  /** Name · Tên */
  readonly name?: Several<Attributes['name']>
  /** Alternate name · Tên khác */
  readonly alternateName?: Several<Attributes['alternateName']>
  /** Description · Mô tả */
  readonly description?: Several<Attributes['description']>
  /** Location · Vị trí */
  readonly location?: Several<Attributes['location']>
  /** Address · Địa chỉ */
  readonly address?: Several<Attributes['address']>
  /** Administrative unit · Đơn vị hành chính */
  readonly refAdministrativeUnit?: Several<Attributes['refAdministrativeUnit']>
  /** Source · Nguồn dữ liệu */
  readonly source?: Several<Attributes['source']>
  /** Data provider · Đơn vị cung cấp dữ liệu */
  readonly dataProvider?: Several<Attributes['dataProvider']>
  /** Data feed · Luồng dữ liệu */
  readonly refDataFeed?: Several<Attributes['refDataFeed']>
  /** Period start · Bắt đầu khoảng đo */
  readonly periodStart?: Several<Attributes['periodStart']>
  /** Violation code · Mã hành vi */
  readonly violationCode: Several<Attributes['violationCode']>
  /** Violations · Số vụ, 0 to 1000000000 */
  readonly violationCount?: Several<Attributes['violationCount']>
  /** Minimum group size · Cỡ nhóm tối thiểu, 1 to 1000 */
  readonly minimumGroupSize?: Several<Attributes['minimumGroupSize']>
}

/** Urban plan · Đồ án quy hoạch */
export interface UrbanPlan extends EntityOf<'UrbanPlan'> {
  /** Name · Tên */
  readonly name?: Several<Attributes['name']>
  /** Alternate name · Tên khác */
  readonly alternateName?: Several<Attributes['alternateName']>
  /** Description · Mô tả */
  readonly description?: Several<Attributes['description']>
  /** Location · Vị trí */
  readonly location?: Several<Attributes['location']>
  /** Address · Địa chỉ */
  readonly address?: Several<Attributes['address']>
  /** Administrative unit · Đơn vị hành chính */
  readonly refAdministrativeUnit?: Several<Attributes['refAdministrativeUnit']>
  /** Source · Nguồn dữ liệu */
  readonly source?: Several<Attributes['source']>
  /** Data provider · Đơn vị cung cấp dữ liệu */
  readonly dataProvider?: Several<Attributes['dataProvider']>
  /** Data feed · Luồng dữ liệu */
  readonly refDataFeed?: Several<Attributes['refDataFeed']>
  /** Code · Mã */
  readonly code: Several<Attributes['code']>
  /** Status · Trạng thái */
  readonly status?: Several<Attributes['UrbanPlan.status']>
  /** Valid from · Có hiệu lực từ */
  readonly validFrom?: Several<Attributes['validFrom']>
  /** Valid to · Có hiệu lực đến */
  readonly validTo?: Several<Attributes['validTo']>
  /** Area · Diện tích, km², 0 to 400000 */
  readonly area?: Several<Attributes['area']>
  /** Legal basis · Căn cứ pháp lý */
  readonly legalBasis?: Several<Attributes['legalBasis']>
  /** Web page · Trang thông tin */
  readonly webPage?: Several<Attributes['webPage']>
  /** Agency responsible · Cơ quan chịu trách nhiệm */
  readonly agencyResponsible?: Several<Attributes['agencyResponsible']>
  /** Approved at · Thời điểm phê duyệt */
  readonly approvedAt?: Several<Attributes['approvedAt']>
  /** Predecessor · Tiền thân */
  readonly predecessor?: Several<Attributes['predecessor.many']>
  /** Plan level · Cấp độ quy hoạch */
  readonly planLevel?: Several<Attributes['planLevel']>
  /** Scale · Tỷ lệ bản đồ */
  readonly planScale?: Several<Attributes['planScale']>
  /** Planned population · Dân số dự báo, 0 to 1000000000 */
  readonly plannedPopulation?: Several<Attributes['plannedPopulation']>
}

/** Urban project · Dự án đô thị */
export interface UrbanProject extends EntityOf<'UrbanProject'> {
  /** Name · Tên */
  readonly name?: Several<Attributes['name']>
  /** Alternate name · Tên khác */
  readonly alternateName?: Several<Attributes['alternateName']>
  /** Description · Mô tả */
  readonly description?: Several<Attributes['description']>
  /** Location · Vị trí */
  readonly location?: Several<Attributes['location']>
  /** Address · Địa chỉ */
  readonly address?: Several<Attributes['address']>
  /** Administrative unit · Đơn vị hành chính */
  readonly refAdministrativeUnit?: Several<Attributes['refAdministrativeUnit']>
  /** Source · Nguồn dữ liệu */
  readonly source?: Several<Attributes['source']>
  /** Data provider · Đơn vị cung cấp dữ liệu */
  readonly dataProvider?: Several<Attributes['dataProvider']>
  /** Data feed · Luồng dữ liệu */
  readonly refDataFeed?: Several<Attributes['refDataFeed']>
  /** Code · Mã */
  readonly code: Several<Attributes['code']>
  /** Status · Trạng thái */
  readonly status?: Several<Attributes['UrbanProject.status']>
  /** Category · Phân loại */
  readonly category?: Several<Attributes['category']>
  /** Starts at · Bắt đầu */
  readonly startsAt?: Several<Attributes['startsAt']>
  /** Ends at · Kết thúc */
  readonly endsAt?: Several<Attributes['endsAt']>
  /** Approved at · Thời điểm phê duyệt */
  readonly approvedAt?: Several<Attributes['approvedAt']>
  /** Legal basis · Căn cứ pháp lý */
  readonly legalBasis?: Several<Attributes['legalBasis']>
  /** Agency responsible · Cơ quan chịu trách nhiệm */
  readonly agencyResponsible?: Several<Attributes['agencyResponsible']>
  /** Urban plan · Đồ án quy hoạch */
  readonly refUrbanPlan?: Several<Attributes['refUrbanPlan']>
  /** Land parcel · Thửa đất */
  readonly refLandParcel?: Several<Attributes['refLandParcel.many']>
  /** Investor · Chủ đầu tư */
  readonly investor?: Several<Attributes['investor']>
  /** Total investment · Tổng mức đầu tư, 0 to 1000000000000000 */
  readonly totalInvestment?: Several<Attributes['totalInvestment']>
  /** Disbursed · Vốn đã giải ngân, 0 to 1000000000000000 */
  readonly disbursedAmount?: Several<Attributes['disbursedAmount']>
  /** Progress · Tiến độ, 1, 0 to 1 */
  readonly progress?: Several<Attributes['progress']>
}

/** Vehicle · Phương tiện */
export interface Vehicle extends EntityOf<'Vehicle'> {
  /** Source · Nguồn dữ liệu */
  readonly source?: Several<Attributes['source']>
  /** Data provider · Đơn vị cung cấp dữ liệu */
  readonly dataProvider?: Several<Attributes['dataProvider']>
  /** Data feed · Luồng dữ liệu */
  readonly refDataFeed?: Several<Attributes['refDataFeed']>
  /** Name · Tên */
  readonly name?: Several<Attributes['name']>
  /** Description · Mô tả */
  readonly description?: Several<Attributes['description']>
  /** Location · Vị trí */
  readonly location?: Several<Attributes['location']>
  /** Administrative unit · Đơn vị hành chính */
  readonly refAdministrativeUnit?: Several<Attributes['refAdministrativeUnit']>
  /** Device · Thiết bị */
  readonly refDevice?: Several<Attributes['refDevice.many']>
  /** Category · Phân loại */
  readonly category?: Several<Attributes['category.many']>
  /** Vehicle type · Loại phương tiện */
  readonly vehicleType?: Several<Attributes['vehicleType']>
  /** Operated by · Vận hành bởi */
  readonly operatedBy?: Several<Attributes['operatedBy']>
  /** Route · Tuyến */
  readonly hasRoute?: Several<Attributes['hasRoute']>
  /** Trip · Chuyến */
  readonly hasTrip?: Several<Attributes['hasTrip']>
  /** Next stop · Điểm dừng kế tiếp */
  readonly nextStop?: Several<Attributes['nextStop']>
  /** Speed · Tốc độ, km/h, 0 to 300 */
  readonly speed?: Several<Attributes['speed']>
  /** Heading · Hướng di chuyển, °, 0 to 360 */
  readonly heading?: Several<Attributes['heading']>
  /** Number plate · Biển số */
  readonly vehiclePlateIdentifier?: Several<Attributes['vehiclePlateIdentifier']>
  /** Fleet number · Số hiệu xe */
  readonly fleetVehicleId?: Several<Attributes['fleetVehicleId']>
  /** Service status · Tình trạng phục vụ */
  readonly serviceStatus?: Several<Attributes['serviceStatus']>
  /** Passenger load · Mức đầy khách, 1, 0 to 2 */
  readonly passengerLoad?: Several<Attributes['passengerLoad']>
  /** Cargo weight · Khối lượng hàng, kg, 0 to 100000 */
  readonly cargoWeight?: Several<Attributes['cargoWeight']>
}

/** Waste container isle · Điểm tập kết chất thải */
export interface WasteContainerIsle extends EntityOf<'WasteContainerIsle'> {
  /** Name · Tên */
  readonly name?: Several<Attributes['name']>
  /** Alternate name · Tên khác */
  readonly alternateName?: Several<Attributes['alternateName']>
  /** Description · Mô tả */
  readonly description?: Several<Attributes['description']>
  /** Location · Vị trí */
  readonly location?: Several<Attributes['location']>
  /** Address · Địa chỉ */
  readonly address?: Several<Attributes['address']>
  /** Administrative unit · Đơn vị hành chính */
  readonly refAdministrativeUnit?: Several<Attributes['refAdministrativeUnit']>
  /** Source · Nguồn dữ liệu */
  readonly source?: Several<Attributes['source']>
  /** Data provider · Đơn vị cung cấp dữ liệu */
  readonly dataProvider?: Several<Attributes['dataProvider']>
  /** Data feed · Luồng dữ liệu */
  readonly refDataFeed?: Several<Attributes['refDataFeed']>
  /** Status · Trạng thái */
  readonly status?: Several<Attributes['status']>
  /** Containers · Thùng chứa */
  readonly refWasteContainer?: Several<Attributes['refWasteContainer.many']>
}

/** Waste container · Thùng chứa chất thải */
export interface WasteContainer extends EntityOf<'WasteContainer'> {
  /** Name · Tên */
  readonly name?: Several<Attributes['name']>
  /** Alternate name · Tên khác */
  readonly alternateName?: Several<Attributes['alternateName']>
  /** Description · Mô tả */
  readonly description?: Several<Attributes['description']>
  /** Location · Vị trí */
  readonly location?: Several<Attributes['location']>
  /** Address · Địa chỉ */
  readonly address?: Several<Attributes['address']>
  /** Administrative unit · Đơn vị hành chính */
  readonly refAdministrativeUnit?: Several<Attributes['refAdministrativeUnit']>
  /** Source · Nguồn dữ liệu */
  readonly source?: Several<Attributes['source']>
  /** Data provider · Đơn vị cung cấp dữ liệu */
  readonly dataProvider?: Several<Attributes['dataProvider']>
  /** Data feed · Luồng dữ liệu */
  readonly refDataFeed?: Several<Attributes['refDataFeed']>
  /** Category · Phân loại */
  readonly category?: Several<Attributes['category.many']>
  /** Status · Trạng thái */
  readonly status?: Several<Attributes['WasteContainer.status']>
  /** Device · Thiết bị */
  readonly refDevice?: Several<Attributes['refDevice.many']>
  /** Serial number · Số sê-ri */
  readonly serialNumber?: Several<Attributes['serialNumber']>
  /** Temperature · Nhiệt độ, °C, -50 to 100 */
  readonly temperature?: Several<Attributes['temperature']>
  /** Waste kind · Loại chất thải */
  readonly wasteKind?: Several<Attributes['wasteKind.many']>
  /** Cargo weight · Khối lượng hàng, kg, 0 to 100000 */
  readonly cargoWeight?: Several<Attributes['cargoWeight']>
  /** Filling level · Mức đầy, 1, 0 to 1 */
  readonly fillingLevel?: Several<Attributes['fillingLevel']>
  /** Household tag · Thẻ nhận dạng hộ */
  readonly householdTag?: Several<Attributes['householdTag']>
  /** Capacity · Dung tích thùng, L, 0 to 100000 */
  readonly containerCapacity?: Several<Attributes['containerCapacity']>
  /** Emptied at · Lần thu gom gần nhất */
  readonly emptiedAt?: Several<Attributes['emptiedAt']>
  /** Cleaned at · Lần vệ sinh gần nhất */
  readonly cleanedAt?: Several<Attributes['cleanedAt']>
  /** Isle · Điểm tập kết */
  readonly refWasteContainerIsle?: Several<Attributes['refWasteContainerIsle']>
}

/** Weighbridge record · Phiếu cân chất thải */
export interface WasteObserved extends EntityOf<'WasteObserved'> {
  /** Name · Tên */
  readonly name?: Several<Attributes['name']>
  /** Alternate name · Tên khác */
  readonly alternateName?: Several<Attributes['alternateName']>
  /** Description · Mô tả */
  readonly description?: Several<Attributes['description']>
  /** Location · Vị trí */
  readonly location?: Several<Attributes['location']>
  /** Address · Địa chỉ */
  readonly address?: Several<Attributes['address']>
  /** Administrative unit · Đơn vị hành chính */
  readonly refAdministrativeUnit?: Several<Attributes['refAdministrativeUnit']>
  /** Source · Nguồn dữ liệu */
  readonly source?: Several<Attributes['source']>
  /** Data provider · Đơn vị cung cấp dữ liệu */
  readonly dataProvider?: Several<Attributes['dataProvider']>
  /** Data feed · Luồng dữ liệu */
  readonly refDataFeed?: Several<Attributes['refDataFeed']>
  /** Station code · Mã trạm */
  readonly stationCode?: Several<Attributes['stationCode']>
  /** Device · Thiết bị */
  readonly refDevice?: Several<Attributes['refDevice']>
  /** Observation status · Tình trạng đo */
  readonly observationStatus?: Several<Attributes['observationStatus']>
  /** Period start · Bắt đầu khoảng đo */
  readonly periodStart?: Several<Attributes['periodStart']>
  /** Point of interest · Địa điểm liên quan */
  readonly refPointOfInterest?: Several<Attributes['refPointOfInterest']>
  /** Case code · Mã hồ sơ */
  readonly caseCode?: Several<Attributes['caseCode']>
  /** Waste kind · Loại chất thải */
  readonly wasteKind?: Several<Attributes['wasteKind']>
  /** Vehicle · Xe chở */
  readonly refVehicle?: Several<Attributes['refVehicle']>
  /** Gross weight · Khối lượng tổng, kg, 0 to 200000 */
  readonly grossWeight?: Several<Attributes['grossWeight']>
  /** Tare weight · Khối lượng bì, kg, 0 to 200000 */
  readonly tareWeight?: Several<Attributes['tareWeight']>
  /** Net weight · Khối lượng tịnh, kg, 0 to 200000 */
  readonly netWeight?: Several<Attributes['netWeight']>
}

/** Waste water plant · Nhà máy xử lý nước thải */
export interface WasteWaterPlant extends EntityOf<'WasteWaterPlant'> {
  /** Name · Tên */
  readonly name?: Several<Attributes['name']>
  /** Alternate name · Tên khác */
  readonly alternateName?: Several<Attributes['alternateName']>
  /** Description · Mô tả */
  readonly description?: Several<Attributes['description']>
  /** Location · Vị trí */
  readonly location?: Several<Attributes['location']>
  /** Address · Địa chỉ */
  readonly address?: Several<Attributes['address']>
  /** Administrative unit · Đơn vị hành chính */
  readonly refAdministrativeUnit?: Several<Attributes['refAdministrativeUnit']>
  /** Source · Nguồn dữ liệu */
  readonly source?: Several<Attributes['source']>
  /** Data provider · Đơn vị cung cấp dữ liệu */
  readonly dataProvider?: Several<Attributes['dataProvider']>
  /** Data feed · Luồng dữ liệu */
  readonly refDataFeed?: Several<Attributes['refDataFeed']>
  /** Code · Mã */
  readonly code?: Several<Attributes['code']>
  /** Status · Trạng thái */
  readonly status?: Several<Attributes['status']>
  /** Design capacity · Công suất thiết kế, 0 to 100000000 */
  readonly designCapacity?: Several<Attributes['designCapacity']>
  /** Inflow · Lưu lượng vào, m³/h, 0 to 100000000 */
  readonly inflow?: Several<Attributes['inflow']>
  /** Outflow · Lưu lượng ra, m³/h, 0 to 100000000 */
  readonly outflow?: Several<Attributes['outflow']>
  /** Operator · Đơn vị vận hành */
  readonly operator?: Several<Attributes['operator']>
  /** Energy intensity · Suất tiêu hao điện, 0 to 1000 */
  readonly energyIntensity?: Several<Attributes['energyIntensity']>
}

/** Water abstraction observed · Quan trắc khai thác nước */
export interface WaterAbstractionObserved extends EntityOf<'WaterAbstractionObserved'> {
  /** Name · Tên */
  readonly name?: Several<Attributes['name']>
  /** Alternate name · Tên khác */
  readonly alternateName?: Several<Attributes['alternateName']>
  /** Description · Mô tả */
  readonly description?: Several<Attributes['description']>
  /** Location · Vị trí */
  readonly location?: Several<Attributes['location']>
  /** Address · Địa chỉ */
  readonly address?: Several<Attributes['address']>
  /** Administrative unit · Đơn vị hành chính */
  readonly refAdministrativeUnit?: Several<Attributes['refAdministrativeUnit']>
  /** Source · Nguồn dữ liệu */
  readonly source?: Several<Attributes['source']>
  /** Data provider · Đơn vị cung cấp dữ liệu */
  readonly dataProvider?: Several<Attributes['dataProvider']>
  /** Data feed · Luồng dữ liệu */
  readonly refDataFeed?: Several<Attributes['refDataFeed']>
  /** Station code · Mã trạm */
  readonly stationCode?: Several<Attributes['stationCode']>
  /** Device · Thiết bị */
  readonly refDevice?: Several<Attributes['refDevice']>
  /** Observation status · Tình trạng đo */
  readonly observationStatus?: Several<Attributes['observationStatus']>
  /** Period start · Bắt đầu khoảng đo */
  readonly periodStart?: Several<Attributes['periodStart']>
  /** Point of interest · Địa điểm liên quan */
  readonly refPointOfInterest?: Several<Attributes['refPointOfInterest']>
  /** Code · Mã */
  readonly code?: Several<Attributes['code']>
  /** Water level · Mực nước, m, -100 to 1000 */
  readonly waterLevel?: Several<Attributes['waterLevel']>
  /** Flow · Lưu lượng, m³/h, 0 to 100000000 */
  readonly flow?: Several<Attributes['flow']>
  /** Temperature · Nhiệt độ, °C, -20 to 100 */
  readonly temperature?: Several<Attributes['WaterAbstractionObserved.temperature']>
  /** Kind of water · Loại nước */
  readonly waterKind?: Several<Attributes['waterKind']>
  /** Abstracted volume · Tổng lượng khai thác, m³, 0 to 1000000000000 */
  readonly abstractedVolume?: Several<Attributes['abstractedVolume']>
}

/** Water consumption observed · Chỉ số đồng hồ nước */
export interface WaterConsumptionObserved extends EntityOf<'WaterConsumptionObserved'> {
  /** Source · Nguồn dữ liệu */
  readonly source?: Several<Attributes['source']>
  /** Data provider · Đơn vị cung cấp dữ liệu */
  readonly dataProvider?: Several<Attributes['dataProvider']>
  /** Data feed · Luồng dữ liệu */
  readonly refDataFeed?: Several<Attributes['refDataFeed']>
  /** Location · Vị trí */
  readonly location?: Several<Attributes['location']>
  /** Address · Địa chỉ */
  readonly address?: Several<Attributes['address']>
  /** Administrative unit · Đơn vị hành chính */
  readonly refAdministrativeUnit?: Several<Attributes['refAdministrativeUnit']>
  /** Device · Thiết bị */
  readonly refDevice?: Several<Attributes['refDevice']>
  /** Metering point · Điểm đo */
  readonly refMeteringPoint?: Several<Attributes['refMeteringPoint']>
  /** Period start · Bắt đầu khoảng đo */
  readonly periodStart?: Several<Attributes['periodStart']>
  /** Meter reading · Chỉ số đồng hồ, m³, 0 to 100000000 */
  readonly meterReading?: Several<Attributes['meterReading']>
  /** Water consumption · Lượng nước tiêu thụ, m³, 0 to 10000000 */
  readonly waterConsumption?: Several<Attributes['waterConsumption']>
}

/** Water distribution network · Mạng cấp nước */
export interface WaterDistributionNetwork extends EntityOf<'WaterDistributionNetwork'> {
  /** Name · Tên */
  readonly name?: Several<Attributes['name']>
  /** Alternate name · Tên khác */
  readonly alternateName?: Several<Attributes['alternateName']>
  /** Description · Mô tả */
  readonly description?: Several<Attributes['description']>
  /** Location · Vị trí */
  readonly location?: Several<Attributes['location']>
  /** Address · Địa chỉ */
  readonly address?: Several<Attributes['address']>
  /** Administrative unit · Đơn vị hành chính */
  readonly refAdministrativeUnit?: Several<Attributes['refAdministrativeUnit']>
  /** Source · Nguồn dữ liệu */
  readonly source?: Several<Attributes['source']>
  /** Data provider · Đơn vị cung cấp dữ liệu */
  readonly dataProvider?: Several<Attributes['dataProvider']>
  /** Data feed · Luồng dữ liệu */
  readonly refDataFeed?: Several<Attributes['refDataFeed']>
  /** Code · Mã */
  readonly code?: Several<Attributes['code']>
  /** Status · Trạng thái */
  readonly status?: Several<Attributes['status']>
  /** Area served · Phạm vi phục vụ */
  readonly areaServed?: Several<Attributes['areaServed']>
  /** Device · Thiết bị */
  readonly refDevice?: Several<Attributes['refDevice.many']>
  /** Flow · Lưu lượng, m³/h, 0 to 100000000 */
  readonly flow?: Several<Attributes['flow']>
  /** Water level · Mực nước, m, -100 to 1000 */
  readonly waterLevel?: Several<Attributes['waterLevel']>
  /** Turbidity · Độ đục, 0 to 100000 */
  readonly turbidity?: Several<Attributes['turbidity']>
  /** pH · pH, 0 to 14 */
  readonly pH?: Several<Attributes['pH']>
  /** Free chlorine · Clo dư, mg/L, 0 to 100 */
  readonly freeChlorine?: Several<Attributes['freeChlorine']>
  /** Water pressure · Áp lực nước, bar, 0 to 100 */
  readonly waterPressure?: Several<Attributes['waterPressure']>
  /** Non-revenue water · Tỷ lệ thất thoát nước, 1, 0 to 1 */
  readonly nonRevenueWater?: Several<Attributes['nonRevenueWater']>
}

/** Water level observed · Quan trắc mực nước */
export interface WaterLevelObserved extends EntityOf<'WaterLevelObserved'> {
  /** Name · Tên */
  readonly name?: Several<Attributes['name']>
  /** Alternate name · Tên khác */
  readonly alternateName?: Several<Attributes['alternateName']>
  /** Description · Mô tả */
  readonly description?: Several<Attributes['description']>
  /** Location · Vị trí */
  readonly location?: Several<Attributes['location']>
  /** Address · Địa chỉ */
  readonly address?: Several<Attributes['address']>
  /** Administrative unit · Đơn vị hành chính */
  readonly refAdministrativeUnit?: Several<Attributes['refAdministrativeUnit']>
  /** Source · Nguồn dữ liệu */
  readonly source?: Several<Attributes['source']>
  /** Data provider · Đơn vị cung cấp dữ liệu */
  readonly dataProvider?: Several<Attributes['dataProvider']>
  /** Data feed · Luồng dữ liệu */
  readonly refDataFeed?: Several<Attributes['refDataFeed']>
  /** Station code · Mã trạm */
  readonly stationCode?: Several<Attributes['stationCode']>
  /** Device · Thiết bị */
  readonly refDevice?: Several<Attributes['refDevice']>
  /** Observation status · Tình trạng đo */
  readonly observationStatus?: Several<Attributes['observationStatus']>
  /** Period start · Bắt đầu khoảng đo */
  readonly periodStart?: Several<Attributes['periodStart']>
  /** Point of interest · Địa điểm liên quan */
  readonly refPointOfInterest?: Several<Attributes['refPointOfInterest']>
  /** Water level · Mực nước, m, -100 to 1000 */
  readonly waterLevel?: Several<Attributes['waterLevel']>
  /** Flow · Lưu lượng, m³/h, 0 to 100000000 */
  readonly flow?: Several<Attributes['flow']>
  /** Alarm level · Cấp báo động */
  readonly alarmLevel?: Several<Attributes['alarmLevel']>
  /** Water body · Sông, hồ */
  readonly waterBody?: Several<Attributes['waterBody']>
  /** Level of alarm 1 · Mực nước báo động 1, m, -100 to 1000 */
  readonly alarmLevel1?: Several<Attributes['alarmLevel1']>
  /** Level of alarm 2 · Mực nước báo động 2, m, -100 to 1000 */
  readonly alarmLevel2?: Several<Attributes['alarmLevel2']>
  /** Level of alarm 3 · Mực nước báo động 3, m, -100 to 1000 */
  readonly alarmLevel3?: Several<Attributes['alarmLevel3']>
}

/** Water quality observed · Quan trắc chất lượng nước */
export interface WaterQualityObserved extends EntityOf<'WaterQualityObserved'> {
  /** Name · Tên */
  readonly name?: Several<Attributes['name']>
  /** Alternate name · Tên khác */
  readonly alternateName?: Several<Attributes['alternateName']>
  /** Description · Mô tả */
  readonly description?: Several<Attributes['description']>
  /** Location · Vị trí */
  readonly location?: Several<Attributes['location']>
  /** Address · Địa chỉ */
  readonly address?: Several<Attributes['address']>
  /** Administrative unit · Đơn vị hành chính */
  readonly refAdministrativeUnit?: Several<Attributes['refAdministrativeUnit']>
  /** Source · Nguồn dữ liệu */
  readonly source?: Several<Attributes['source']>
  /** Data provider · Đơn vị cung cấp dữ liệu */
  readonly dataProvider?: Several<Attributes['dataProvider']>
  /** Data feed · Luồng dữ liệu */
  readonly refDataFeed?: Several<Attributes['refDataFeed']>
  /** Station code · Mã trạm */
  readonly stationCode?: Several<Attributes['stationCode']>
  /** Device · Thiết bị */
  readonly refDevice?: Several<Attributes['refDevice']>
  /** Observation status · Tình trạng đo */
  readonly observationStatus?: Several<Attributes['observationStatus']>
  /** Period start · Bắt đầu khoảng đo */
  readonly periodStart?: Several<Attributes['periodStart']>
  /** Point of interest · Địa điểm liên quan */
  readonly refPointOfInterest?: Several<Attributes['refPointOfInterest']>
  /** Kind of water · Loại nước */
  readonly waterKind?: Several<Attributes['waterKind']>
  /** pH · pH, 0 to 14 */
  readonly pH?: Several<Attributes['pH']>
  /** COD · COD, mg/L, 0 to 100000 */
  readonly cod?: Several<Attributes['cod']>
  /** BOD5 · BOD5, mg/L, 0 to 100000 */
  readonly bod5?: Several<Attributes['bod5']>
  /** TOC · TOC, mg/L, 0 to 100000 */
  readonly toc?: Several<Attributes['toc']>
  /** TSS · TSS, mg/L, 0 to 100000 */
  readonly tss?: Several<Attributes['tss']>
  /** Ammonium · Amoni, mg/L, 0 to 10000 */
  readonly ammonium?: Several<Attributes['ammonium']>
  /** Total nitrogen · Tổng nitơ, mg/L, 0 to 10000 */
  readonly totalNitrogen?: Several<Attributes['totalNitrogen']>
  /** Total phosphorus · Tổng phốt pho, mg/L, 0 to 10000 */
  readonly totalPhosphorus?: Several<Attributes['totalPhosphorus']>
  /** Chloride · Clorua, mg/L, 0 to 100000 */
  readonly chloride?: Several<Attributes['chloride']>
  /** Dissolved oxygen · Ôxy hòa tan, mg/L, 0 to 50 */
  readonly dissolvedOxygen?: Several<Attributes['dissolvedOxygen']>
  /** Conductivity · Độ dẫn điện, µS/cm, 0 to 1000000 */
  readonly conductivity?: Several<Attributes['conductivity']>
  /** Turbidity · Độ đục, 0 to 100000 */
  readonly turbidity?: Several<Attributes['turbidity']>
  /** Colour · Độ màu, 0 to 100000 */
  readonly waterColor?: Several<Attributes['waterColor']>
  /** Water level · Mực nước, m, -100 to 1000 */
  readonly waterLevel?: Several<Attributes['waterLevel']>
  /** Flow · Lưu lượng, m³/h, 0 to 100000000 */
  readonly flow?: Several<Attributes['flow']>
  /** Temperature · Nhiệt độ, °C, -5 to 100 */
  readonly temperature?: Several<Attributes['WaterQualityObserved.temperature']>
  /** Nitrate · Nitrat, mg/L, 0 to 10000 */
  readonly nitrate?: Several<Attributes['nitrate']>
  /** Nitrite · Nitrit, mg/L, 0 to 10000 */
  readonly nitrite?: Several<Attributes['nitrite']>
  /** Phosphate · Phosphat, mg/L, 0 to 10000 */
  readonly phosphate?: Several<Attributes['phosphate']>
  /** TDS · TDS, mg/L, 0 to 1000000 */
  readonly tds?: Several<Attributes['tds']>
  /** Alkalinity · Độ kiềm, mg/L, 0 to 10000 */
  readonly alkalinity?: Several<Attributes['alkalinity']>
  /** Fluoride · Florua, mg/L, 0 to 1000 */
  readonly fluoride?: Several<Attributes['fluoride']>
  /** Sulphate · Sunfat, mg/L, 0 to 100000 */
  readonly sulphate?: Several<Attributes['sulphate']>
  /** Arsenic · Asen, mg/L, 0 to 1000 */
  readonly arsenic?: Several<Attributes['arsenic']>
  /** Cadmium · Cadimi, mg/L, 0 to 1000 */
  readonly cadmium?: Several<Attributes['cadmium']>
  /** Chromium (VI) · Crom (VI), mg/L, 0 to 1000 */
  readonly chromium6?: Several<Attributes['chromium6']>
  /** Copper · Đồng, mg/L, 0 to 1000 */
  readonly copper?: Several<Attributes['copper']>
  /** Iron · Sắt, mg/L, 0 to 10000 */
  readonly iron?: Several<Attributes['iron']>
  /** Lead in water · Chì trong nước, mg/L, 0 to 1000 */
  readonly waterLead?: Several<Attributes['waterLead']>
  /** Mercury in water · Thủy ngân trong nước, mg/L, 0 to 1000 */
  readonly waterMercury?: Several<Attributes['waterMercury']>
  /** Nickel · Niken, mg/L, 0 to 1000 */
  readonly nickel?: Several<Attributes['nickel']>
  /** Zinc · Kẽm, mg/L, 0 to 1000 */
  readonly zinc?: Several<Attributes['zinc']>
  /** Coliforms · Coliform, 0 to 1000000000 */
  readonly coliform?: Several<Attributes['coliform']>
  /** E. coli · E. coli, 0 to 1000000000 */
  readonly eColi?: Several<Attributes['eColi']>
  /** Free chlorine · Clo dư, mg/L, 0 to 100 */
  readonly freeChlorine?: Several<Attributes['freeChlorine']>
}

/** Water treatment plant · Nhà máy nước sạch */
export interface WaterTreatmentPlant extends EntityOf<'WaterTreatmentPlant'> {
  /** Name · Tên */
  readonly name?: Several<Attributes['name']>
  /** Alternate name · Tên khác */
  readonly alternateName?: Several<Attributes['alternateName']>
  /** Description · Mô tả */
  readonly description?: Several<Attributes['description']>
  /** Location · Vị trí */
  readonly location?: Several<Attributes['location']>
  /** Address · Địa chỉ */
  readonly address?: Several<Attributes['address']>
  /** Administrative unit · Đơn vị hành chính */
  readonly refAdministrativeUnit?: Several<Attributes['refAdministrativeUnit']>
  /** Source · Nguồn dữ liệu */
  readonly source?: Several<Attributes['source']>
  /** Data provider · Đơn vị cung cấp dữ liệu */
  readonly dataProvider?: Several<Attributes['dataProvider']>
  /** Data feed · Luồng dữ liệu */
  readonly refDataFeed?: Several<Attributes['refDataFeed']>
  /** Code · Mã */
  readonly code?: Several<Attributes['code']>
  /** Status · Trạng thái */
  readonly status?: Several<Attributes['status']>
  /** Design capacity · Công suất thiết kế, 0 to 100000000 */
  readonly designCapacity?: Several<Attributes['designCapacity']>
  /** Inflow · Lưu lượng vào, m³/h, 0 to 100000000 */
  readonly inflow?: Several<Attributes['inflow']>
  /** Outflow · Lưu lượng ra, m³/h, 0 to 100000000 */
  readonly outflow?: Several<Attributes['outflow']>
  /** Operator · Đơn vị vận hành */
  readonly operator?: Several<Attributes['operator']>
  /** Turbidity · Độ đục, 0 to 100000 */
  readonly turbidity?: Several<Attributes['turbidity']>
  /** Free chlorine · Clo dư, mg/L, 0 to 100 */
  readonly freeChlorine?: Several<Attributes['freeChlorine']>
  /** pH · pH, 0 to 14 */
  readonly pH?: Several<Attributes['pH']>
}

/** Weather forecast · Dự báo thời tiết */
export interface WeatherForecast extends EntityOf<'WeatherForecast'> {
  /** Name · Tên */
  readonly name?: Several<Attributes['name']>
  /** Alternate name · Tên khác */
  readonly alternateName?: Several<Attributes['alternateName']>
  /** Description · Mô tả */
  readonly description?: Several<Attributes['description']>
  /** Location · Vị trí */
  readonly location?: Several<Attributes['location']>
  /** Address · Địa chỉ */
  readonly address?: Several<Attributes['address']>
  /** Administrative unit · Đơn vị hành chính */
  readonly refAdministrativeUnit?: Several<Attributes['refAdministrativeUnit']>
  /** Source · Nguồn dữ liệu */
  readonly source?: Several<Attributes['source']>
  /** Data provider · Đơn vị cung cấp dữ liệu */
  readonly dataProvider?: Several<Attributes['dataProvider']>
  /** Data feed · Luồng dữ liệu */
  readonly refDataFeed?: Several<Attributes['refDataFeed']>
  /** Issued at · Thời điểm ban hành */
  readonly issuedAt?: Several<Attributes['issuedAt']>
  /** Starts at · Bắt đầu */
  readonly startsAt?: Several<Attributes['startsAt']>
  /** Ends at · Kết thúc */
  readonly endsAt?: Several<Attributes['endsAt']>
  /** Point of interest · Địa điểm liên quan */
  readonly refPointOfInterest?: Several<Attributes['refPointOfInterest']>
  /** Weather type · Hiện tượng thời tiết */
  readonly weatherType?: Several<Attributes['weatherType']>
  /** Temperature · Nhiệt độ, °C, -20 to 60 */
  readonly temperature?: Several<Attributes['WeatherForecast.temperature']>
  /** Feels-like temperature · Nhiệt độ cảm nhận, °C, -50 to 80 */
  readonly feelsLikeTemperature?: Several<Attributes['feelsLikeTemperature']>
  /** Relative humidity · Độ ẩm tương đối, 1, 0 to 1 */
  readonly relativeHumidity?: Several<Attributes['relativeHumidity']>
  /** Wind speed · Tốc độ gió, m/s, 0 to 120 */
  readonly windSpeed?: Several<Attributes['windSpeed']>
  /** Wind direction · Hướng gió, °, 0 to 360 */
  readonly windDirection?: Several<Attributes['windDirection']>
  /** Gust speed · Gió giật, m/s, 0 to 150 */
  readonly gustSpeed?: Several<Attributes['gustSpeed']>
  /** Precipitation · Lượng mưa, mm, 0 to 2000 */
  readonly precipitation?: Several<Attributes['precipitation']>
  /** UV index · Chỉ số tia cực tím, 0 to 20 */
  readonly uvIndex?: Several<Attributes['uvIndex']>
  /** Precipitation probability · Xác suất mưa, 1, 0 to 1 */
  readonly precipitationProbability?: Several<Attributes['precipitationProbability']>
  /** Maximum temperature · Nhiệt độ cao nhất, °C, -20 to 60 */
  readonly maximumTemperature?: Several<Attributes['maximumTemperature']>
  /** Minimum temperature · Nhiệt độ thấp nhất, °C, -20 to 60 */
  readonly minimumTemperature?: Several<Attributes['minimumTemperature']>
}

/** Weather observed · Quan trắc thời tiết */
export interface WeatherObserved extends EntityOf<'WeatherObserved'> {
  /** Name · Tên */
  readonly name?: Several<Attributes['name']>
  /** Alternate name · Tên khác */
  readonly alternateName?: Several<Attributes['alternateName']>
  /** Description · Mô tả */
  readonly description?: Several<Attributes['description']>
  /** Location · Vị trí */
  readonly location?: Several<Attributes['location']>
  /** Address · Địa chỉ */
  readonly address?: Several<Attributes['address']>
  /** Administrative unit · Đơn vị hành chính */
  readonly refAdministrativeUnit?: Several<Attributes['refAdministrativeUnit']>
  /** Source · Nguồn dữ liệu */
  readonly source?: Several<Attributes['source']>
  /** Data provider · Đơn vị cung cấp dữ liệu */
  readonly dataProvider?: Several<Attributes['dataProvider']>
  /** Data feed · Luồng dữ liệu */
  readonly refDataFeed?: Several<Attributes['refDataFeed']>
  /** Station code · Mã trạm */
  readonly stationCode?: Several<Attributes['stationCode']>
  /** Device · Thiết bị */
  readonly refDevice?: Several<Attributes['refDevice']>
  /** Observation status · Tình trạng đo */
  readonly observationStatus?: Several<Attributes['observationStatus']>
  /** Period start · Bắt đầu khoảng đo */
  readonly periodStart?: Several<Attributes['periodStart']>
  /** Point of interest · Địa điểm liên quan */
  readonly refPointOfInterest?: Several<Attributes['refPointOfInterest']>
  /** Temperature · Nhiệt độ, °C, -20 to 60 */
  readonly temperature?: Several<Attributes['WeatherObserved.temperature']>
  /** Relative humidity · Độ ẩm tương đối, 1, 0 to 1 */
  readonly relativeHumidity?: Several<Attributes['relativeHumidity']>
  /** Wind speed · Tốc độ gió, m/s, 0 to 120 */
  readonly windSpeed?: Several<Attributes['windSpeed']>
  /** Wind direction · Hướng gió, °, 0 to 360 */
  readonly windDirection?: Several<Attributes['windDirection']>
  /** Atmospheric pressure · Khí áp, hPa, 800 to 1100 */
  readonly atmosphericPressure?: Several<Attributes['atmosphericPressure']>
  /** Precipitation · Lượng mưa, mm, 0 to 2000 */
  readonly precipitation?: Several<Attributes['precipitation']>
  /** Gust speed · Gió giật, m/s, 0 to 150 */
  readonly gustSpeed?: Several<Attributes['gustSpeed']>
  /** Dew point · Điểm sương, °C, -50 to 60 */
  readonly dewPoint?: Several<Attributes['dewPoint']>
  /** Solar radiation · Bức xạ mặt trời, W/m², 0 to 2000 */
  readonly solarRadiation?: Several<Attributes['solarRadiation']>
  /** Weather type · Hiện tượng thời tiết */
  readonly weatherType?: Several<Attributes['weatherType']>
  /** Feels-like temperature · Nhiệt độ cảm nhận, °C, -50 to 80 */
  readonly feelsLikeTemperature?: Several<Attributes['feelsLikeTemperature']>
  /** UV index · Chỉ số tia cực tím, 0 to 20 */
  readonly uvIndex?: Several<Attributes['uvIndex']>
  /** Illuminance · Độ rọi, lx, 0 to 200000 */
  readonly illuminance?: Several<Attributes['illuminance']>
  /** Visibility · Tầm nhìn xa, m, 0 to 100000 */
  readonly visibility?: Several<Attributes['visibility']>
}

/** Every type by its name. */
export interface EntityTypes {
  readonly ACMeasurement: ACMeasurement
  readonly AdministrativeUnit: AdministrativeUnit
  readonly AirQualityIndicator: AirQualityIndicator
  readonly AirQualityObserved: AirQualityObserved
  readonly Alert: Alert
  readonly AnprFlowObserved: AnprFlowObserved
  readonly ArrivalEstimation: ArrivalEstimation
  readonly Building: Building
  readonly CameraEvent: CameraEvent
  readonly Camera: Camera
  readonly CityScope: CityScope
  readonly ConstructionPermit: ConstructionPermit
  readonly CrowdFlowObserved: CrowdFlowObserved
  readonly DataFeed: DataFeed
  readonly DataQualityAssessment: DataQualityAssessment
  readonly DeviceMeasurement: DeviceMeasurement
  readonly DeviceModel: DeviceModel
  readonly Device: Device
  readonly EmissionObserved: EmissionObserved
  readonly EVChargingStation: EVChargingStation
  readonly FloodMonitoring: FloodMonitoring
  readonly GtfsAgency: GtfsAgency
  readonly GtfsRoute: GtfsRoute
  readonly GtfsStop: GtfsStop
  readonly GtfsTrip: GtfsTrip
  readonly HealthIndicator: HealthIndicator
  readonly KeyPerformanceIndicator: KeyPerformanceIndicator
  readonly LandParcel: LandParcel
  readonly LoadCurveObserved: LoadCurveObserved
  readonly MeteringPoint: MeteringPoint
  readonly NoiseLevelObserved: NoiseLevelObserved
  readonly OffStreetParking: OffStreetParking
  readonly OnStreetParking: OnStreetParking
  readonly Organization: Organization
  readonly ParkingAccess: ParkingAccess
  readonly ParkingSpot: ParkingSpot
  readonly PlanningZone: PlanningZone
  readonly PointOfInterest: PointOfInterest
  readonly RainfallIndicator: RainfallIndicator
  readonly RainfallObserved: RainfallObserved
  readonly RoadAccident: RoadAccident
  readonly RoadSegment: RoadSegment
  readonly RoadWork: RoadWork
  readonly Road: Road
  readonly ServiceRequest: ServiceRequest
  readonly ServiceType: ServiceType
  readonly SmartMeteringObservation: SmartMeteringObservation
  readonly StreetlightControlCabinet: StreetlightControlCabinet
  readonly StreetlightGroup: StreetlightGroup
  readonly Streetlight: Streetlight
  readonly TrafficFlowObserved: TrafficFlowObserved
  readonly TrafficViolationCount: TrafficViolationCount
  readonly UrbanPlan: UrbanPlan
  readonly UrbanProject: UrbanProject
  readonly Vehicle: Vehicle
  readonly WasteContainerIsle: WasteContainerIsle
  readonly WasteContainer: WasteContainer
  readonly WasteObserved: WasteObserved
  readonly WasteWaterPlant: WasteWaterPlant
  readonly WaterAbstractionObserved: WaterAbstractionObserved
  readonly WaterConsumptionObserved: WaterConsumptionObserved
  readonly WaterDistributionNetwork: WaterDistributionNetwork
  readonly WaterLevelObserved: WaterLevelObserved
  readonly WaterQualityObserved: WaterQualityObserved
  readonly WaterTreatmentPlant: WaterTreatmentPlant
  readonly WeatherForecast: WeatherForecast
  readonly WeatherObserved: WeatherObserved
}
