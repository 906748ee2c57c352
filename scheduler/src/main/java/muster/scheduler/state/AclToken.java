package muster.scheduler.state;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import muster.scheduler.job.Values;
import muster.wire.Key;

/**
 * What a caller shows (API page: ACL tokens). Its secret is in no text of this class.
 *
 * @param expirationTime when it ends by itself; null for never
 * @param global good in all regions
 * @param type {@code client}, whose rights are those of its policies and roles, or {@code management}, which may do everything
 */
public record AclToken(@Key("AccessorID") String accessorId, long createIndex, Instant createTime,
        @Key(omitNull = true) Instant expirationTime, boolean global, String hash, long modifyIndex, String name,
        List<String> policies, @Key(omitEmpty = true) List<RoleLink> roles, @Key("SecretID") String secretId, String type) {
    public static final String CLIENT = "client";
    public static final String MANAGEMENT = "management";
    /** The accessor of what everybody has who shows no token. */
    public static final String ANONYMOUS = "anonymous";

    private static final int MAX_NAME = 256;

    /** @param name of the role, for people to read */
    public record RoleLink(@Key("ID") String id, String name) {}

    public AclToken {
        accessorId = Values.text(accessorId);
        hash = Values.text(hash);
        name = Values.text(name);
        secretId = Values.text(secretId);
        type = Values.text(type);
        policies = List.copyOf(Values.orEmpty(policies));
        roles = List.copyOf(Values.orEmpty(roles));
    }

    public boolean isManagement() {
        return type.equals(MANAGEMENT);
    }

    public boolean isExpired(Instant now) {
        return expirationTime != null && !now.isBefore(expirationTime);
    }

    /** All that is wrong with it, in the original's words. */
    public List<String> faults() {
        List<String> faults = new ArrayList<>();
        if (name.length() > MAX_NAME) {
            faults.add("token name too long");
        }
        switch (type) {
            case CLIENT -> {
                if (policies.isEmpty() && roles.isEmpty()) {
                    faults.add("client token missing policies or roles");
                }
            }
            case MANAGEMENT -> {
                if (!policies.isEmpty() || !roles.isEmpty()) {
                    faults.add("management token cannot be associated with policies or roles");
                }
            }
            default -> faults.add("token type must be client or management");
        }
        return faults;
    }

    public AclToken withIds(String accessor, String secret) {
        return new AclToken(accessor, createIndex, createTime, expirationTime, global, hash, modifyIndex, name, policies, roles, secret, type);
    }

    public AclToken withTimes(Instant created, Instant expires) {
        return new AclToken(accessorId, createIndex, created, expires, global, hash, modifyIndex, name, policies, roles, secretId, type);
    }

    public AclToken withRoles(List<RoleLink> links) {
        return new AclToken(accessorId, createIndex, createTime, expirationTime, global, hash, modifyIndex, name, policies, links, secretId, type);
    }

    /** As stored at this index in the place of an older one; null where there is none. */
    AclToken at(long index, AclToken old) {
        String says = Blake2b.of(name, type, String.join("", policies), roles.stream().map(RoleLink::id).collect(Collectors.joining()),
                String.valueOf(global));
        return new AclToken(accessorId, old == null ? index : old.createIndex, createTime, expirationTime, global, says, index, name,
                policies, roles, secretId, type);
    }

    @Override
    public String toString() {
        return "AclToken[" + accessorId + ", " + name + ", " + type + ", " + policies + "]";
    }
}
