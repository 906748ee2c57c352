package muster.registry.identity;

import java.util.Objects;

/** Grants under a name, for tokens to share. (Consul HTTP API: ACL roles) */
public record Role(
        String id, String name, String description, Grants grants, byte[] hash, long createIndex, long modifyIndex) {
    public Role {
        Objects.requireNonNull(id);
        name = Links.text(name);
        description = Links.text(description);
        grants = grants == null ? Grants.NONE : grants;
        hash = hash == null ? new byte[0] : hash;
    }

    /** One that is to be stored: its hash is made, its indexes are the state's to set. */
    public static Role of(String id, String name, String description, Grants grants) {
        return new Role(id, name, description, grants, Hash.of(name, description, grants.toString()), 0, 0);
    }

    /** At these indexes. */
    public Role at(long created, long modified) {
        return new Role(id, name, description, grants, hash, created, modified);
    }
}
