package muster.scheduler.state;

import java.time.Instant;
import muster.wire.Key;

/** Hands a token over to a browser without showing its secret (API page: ACL tokens, one-time token). Good once. */
public record OneTimeToken(@Key("AccessorID") String accessorId, long createIndex, Instant expiresAt, long modifyIndex,
        @Key("OneTimeSecretID") String secretId) {
    OneTimeToken at(long index) {
        return new OneTimeToken(accessorId, index, expiresAt, index, secretId);
    }

    @Override
    public String toString() {
        return "OneTimeToken[" + accessorId + "]";
    }
}
