package muster.scheduler.state;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import muster.scheduler.job.Values;
import muster.wire.GoQuote;
import muster.wire.Key;
import muster.wire.filter.Filter;
import muster.wire.filter.FilterException;

/**
 * What a token gets whose proof of identity fits (API page: ACL binding rules).
 *
 * @param selector an expression on <code>value.NAME</code> and <code>list.NAME</code>; empty for every proof of the method
 * @param bindType {@code role}, {@code policy} or {@code management}
 * @param bindName of the role or policy, with <code>${value.NAME}</code>
 */
public record AclBindingRule(String authMethod, String bindName, String bindType, long createIndex, Instant createTime, String description,
        String hash, @Key("ID") String id, long modifyIndex, Instant modifyTime, String selector) {
    public static final String ROLE = "role";
    public static final String POLICY = "policy";
    public static final String MANAGEMENT = "management";

    private static final int MAX_DESCRIPTION = 256;

    public AclBindingRule {
        authMethod = Values.text(authMethod);
        bindName = Values.text(bindName);
        bindType = Values.text(bindType);
        description = Values.text(description);
        hash = Values.text(hash);
        id = Values.text(id);
        selector = Values.text(selector);
    }

    /** All that is wrong with it, in the original's words. */
    public List<String> faults() {
        List<String> faults = new ArrayList<>();
        if (authMethod.isEmpty()) {
            faults.add("auth method is missing");
        }
        if (description.length() > MAX_DESCRIPTION) {
            faults.add("description longer than " + MAX_DESCRIPTION);
        }
        switch (bindType) {
            case "" -> faults.add("bind type is missing");
            case ROLE, POLICY -> {
                if (bindName.isEmpty()) {
                    faults.add("bind name is missing");
                }
            }
            case MANAGEMENT -> {
                if (!bindName.isEmpty()) {
                    faults.add("bind name should be empty");
                }
            }
            default -> faults.add("unsupported bind type: " + GoQuote.quote(bindType));
        }
        try {
            if (!selector.isEmpty()) {
                Filter.requireSyntax(selector);
            }
        } catch (FilterException e) {
            faults.add("selector is invalid: " + e.getMessage());
        }
        return faults;
    }

    /** With what an update does not give taken from the rule that there is, null for none. */
    public AclBindingRule over(AclBindingRule old, String newId, Instant now) {
        boolean fresh = old == null;
        return new AclBindingRule(authMethod.isEmpty() && !fresh ? old.authMethod : authMethod, bindName.isEmpty() && !fresh ? old.bindName : bindName,
                bindType.isEmpty() && !fresh ? old.bindType : bindType, 0, fresh ? now : old.createTime, description, "", fresh ? newId : old.id, 0,
                now, selector);
    }

    /** As stored at this index in the place of an older one; null where there is none. */
    AclBindingRule at(long index, AclBindingRule old) {
        return new AclBindingRule(authMethod, bindName, bindType, old == null ? index : old.createIndex, createTime, description,
                Blake2b.of(id, description, authMethod, selector, bindType, bindName), id, index, modifyTime, selector);
    }
}
