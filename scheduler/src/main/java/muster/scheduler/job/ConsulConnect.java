package muster.scheduler.job;

import muster.wire.Key;

/** The service mesh settings of a service. */
public record ConsulConnect(
        ConsulGateway gateway,
        @Key("Native") boolean isNative,
        ConsulSidecarService sidecarService,
        SidecarTask sidecarTask) {
}
