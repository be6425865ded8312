import type { WriteBench } from '#connector-kit/testing';
import { businessCentral } from '#connectors/dynamics365';
import { BusinessCentralHarness, type BusinessCentralVariant } from './business-central-harness.js';

/** Simulated tenants of one spec file. */
export interface BusinessCentralTenants {
  started(variant?: BusinessCentralVariant): Promise<BusinessCentralHarness>;
  /** Checks the books of every tenant that was started, and stops it: after each test. */
  stopAll(): Promise<void>;
}

export function businessCentralTenants(): BusinessCentralTenants {
  const harnesses: BusinessCentralHarness[] = [];
  return {
    started: async (variant = {}) => {
      const harness = new BusinessCentralHarness(variant);
      await harness.start();
      harnesses.push(harness);
      return harness;
    },
    stopAll: async () => {
      for (const harness of harnesses.splice(0)) {
        harness.world.sandbox.checkBooks();
        await harness.stop();
      }
    },
  };
}

export const benchOf = (harness: BusinessCentralHarness): WriteBench => ({ harness, writes: harness.writes, door: businessCentral.write });
