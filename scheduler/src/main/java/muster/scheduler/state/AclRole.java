package muster.scheduler.state;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import muster.scheduler.job.Values;
import muster.wire.Key;

/** A set of policies that tokens refer to by one name (API page: ACL roles). */
public record AclRole(long createIndex, String description, String hash, @Key("ID") String id, long modifyIndex, String name,
        List<PolicyLink> policies) {
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9-]{1,128}");
    private static final int MAX_DESCRIPTION = 256;

    public record PolicyLink(String name) {}

    public AclRole {
        description = Values.text(description);
        hash = Values.text(hash);
        id = Values.text(id);
        name = Values.text(name);
        policies = List.copyOf(Values.orEmpty(policies));
    }

    /** All that is wrong with it, in the original's words. */
    public List<String> faults() {
        List<String> faults = new ArrayList<>();
        if (!NAME.matcher(name).matches()) {
            faults.add("invalid name '" + name + "'");
        }
        if (description.length() > MAX_DESCRIPTION) {
            faults.add("description longer than " + MAX_DESCRIPTION);
        }
        if (policies.isEmpty()) {
            faults.add("at least one policy should be specified");
        }
        return faults;
    }

    public AclRole withId(String given) {
        return new AclRole(createIndex, description, hash, given, modifyIndex, name, policies);
    }

    /** As stored at this index in the place of an older one; null where there is none. */
    AclRole at(long index, AclRole old) {
        String links = policies.stream().map(PolicyLink::name).collect(Collectors.joining());
        return new AclRole(old == null ? index : old.createIndex, description, Blake2b.of(name, description, links), id, index, name, policies);
    }
}
