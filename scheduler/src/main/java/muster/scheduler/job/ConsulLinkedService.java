package muster.scheduler.job;

import muster.wire.Key;

/** A service outside of the mesh. */
public record ConsulLinkedService(
        @Key("CAFile") String caFile,
        String certFile,
        String keyFile,
        String name,
        @Key("SNI") String sni) {
    public ConsulLinkedService {
        caFile = Values.text(caFile);
        certFile = Values.text(certFile);
        keyFile = Values.text(keyFile);
        name = Values.text(name);
        sni = Values.text(sni);
    }
}
