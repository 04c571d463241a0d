import { expect } from 'chai'
import { laxIndicators } from '../../../broker/main/lax-indicators.ts'

const CLASSES: Readonly<Record<string, 'none' | 'basic' | 'sensitive'>> = {
  load: 'basic',
  pulse: 'sensitive',
  meanLoad: 'basic',
  meanPulse: 'sensitive',
  pm25: 'none',
}

describe('main: indicators of personal data', () => {
  const indicator = (inputs: readonly string[], attribute: string) => ({
    name: `${attribute} of ${inputs.join(' and ')}`,
    source: { type: 'Meter', inputs: new Map(inputs.map((input) => [input, input])) },
    target: { type: 'Mean', attribute },
  })

  it('are named where what they derive would be shown more freely than what it is derived of', () => {
    const fine = [
      indicator(['load'], 'meanLoad'),
      indicator(['load', 'pulse'], 'meanPulse'),
      indicator(['pm25'], 'unknown'),
    ]
    const lax = [
      indicator(['load', 'pulse'], 'meanLoad'),
      indicator(['load'], 'unknown'),
      indicator(['pulse'], 'pm25'),
    ]
    const named = laxIndicators([...fine, ...lax], (attribute) => CLASSES[attribute])
    expect(named).to.deep.equal(lax.map(({ name }) => name))
  })
})
