package muster.registry.identity;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * A token. (Consul HTTP API: ACL tokens)
 *
 * @param accessorId its public name, a UUID
 * @param secretId what requests carry; never to be logged
 * @param local whether it is good in this datacenter alone
 * @param authMethod by which method it was got by logging in; "" for none
 * @param expires when it ends by itself
 * @param legacy what a token of the system before policies holds; empty for all others
 * @param hash of what it says, for those who compare
 */
public record Token(
        String accessorId,
        String secretId,
        String description,
        Grants grants,
        boolean local,
        String authMethod,
        Optional<Instant> expires,
        Instant createTime,
        Optional<Legacy> legacy,
        byte[] hash,
        long createIndex,
        long modifyIndex) {
    /** The accessor of the token that requests without one have. */
    public static final String ANONYMOUS_ID = "00000000-0000-0000-0000-000000000002";

    /** Its secret, which may be sent as well. */
    public static final String ANONYMOUS_SECRET = "anonymous";

    /**
     * The rights of an old token.
     *
     * @param type {@code client} or {@code management}
     * @param rules in the old rule language, where each name is a prefix
     */
    public record Legacy(String type, String rules) {
        /** The type that may do everything. */
        public static final String MANAGEMENT = "management";

        public Legacy {
            type = Links.text(type);
            rules = Links.text(rules);
        }
    }

    public Token {
        legacy = legacy == null ? Optional.empty() : legacy;
        Objects.requireNonNull(accessorId);
        Objects.requireNonNull(secretId);
        description = Links.text(description);
        grants = grants == null ? Grants.NONE : grants;
        authMethod = Links.text(authMethod);
        expires = expires == null ? Optional.empty() : expires;
        createTime = createTime == null ? Instant.EPOCH : createTime;
        hash = hash == null ? new byte[0] : hash;
    }

    /** One that is to be stored: its hash is made, its indexes are the state's to set. */
    public static Token of(
            String accessorId, String secretId, String description, Grants grants, boolean local, String authMethod,
            Optional<Instant> expires, Instant createTime) {
        byte[] hash = Hash.of(accessorId, description, grants.toString(), String.valueOf(local), authMethod, expires.toString());
        return new Token(accessorId, secretId, description, grants, local, authMethod, expires, createTime, Optional.empty(), hash, 0, 0);
    }

    public boolean isExpired(Instant now) {
        return expires.filter(end -> !now.isBefore(end)).isPresent();
    }

    /** One of the old system. */
    public static Token legacy(String accessorId, String secretId, String name, Legacy legacy, Instant createTime) {
        return new Token(accessorId, secretId, name, Grants.NONE, false, "", Optional.empty(), createTime, Optional.of(legacy),
                Hash.of(accessorId, name, legacy.toString()), 0, 0);
    }

    /** What requests without a token have; it gives nothing until somebody says otherwise. */
    public static Token anonymous(Instant now) {
        return of(ANONYMOUS_ID, ANONYMOUS_SECRET, "Anonymous Token", Grants.NONE, false, "", Optional.empty(), now);
    }

    /** At these indexes. */
    public Token at(long created, long modified) {
        return new Token(accessorId, secretId, description, grants, local, authMethod, expires, createTime, legacy, hash,
                created, modified);
    }

    /** Without its secret, which never reaches a log. */
    @Override
    public String toString() {
        return "Token[" + accessorId + "]";
    }
}
