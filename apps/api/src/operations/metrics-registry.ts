import { Injectable } from '@nestjs/common';
import { Registry } from 'prom-client';

/** One per running API, so that several can live in one process. */
@Injectable()
export class MetricsRegistry extends Registry {}
