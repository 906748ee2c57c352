package muster.scheduler.state;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import muster.scheduler.job.Values;

/** A named set of rules (API page: ACL policies). */
public record AclPolicy(long createIndex, String description, String hash, long modifyIndex, String name, String rules) {
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9-]{1,128}");
    private static final int MAX_DESCRIPTION = 256;

    public AclPolicy {
        description = Values.text(description);
        hash = Values.text(hash);
        name = Values.text(name);
        rules = Values.text(rules);
    }

    /** What is wrong with name and description, in the original's words; the rules are looked at by who reads them. */
    public List<String> faults() {
        List<String> faults = new ArrayList<>();
        if (!NAME.matcher(name).matches()) {
            faults.add("invalid name '" + name + "'");
        }
        if (description.length() > MAX_DESCRIPTION) {
            faults.add("description longer than " + MAX_DESCRIPTION);
        }
        return faults;
    }

    /** As stored at this index in the place of an older one; null where there is none. */
    AclPolicy at(long index, AclPolicy old) {
        return new AclPolicy(old == null ? index : old.createIndex, description, Blake2b.of(name, description, rules), index, name, rules);
    }
}
