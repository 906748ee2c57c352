package muster.registry.identity;

import java.util.Objects;

/**
 * What a token gets that came from an auth method. (Consul HTTP API: binding rules)
 *
 * @param selector a filter expression over the identity; "" for everybody
 * @param bindType {@code service}, {@code node} or {@code role}
 * @param bindName of it, with <code>${name}</code> for parts of the identity
 */
public record BindingRule(
        String id,
        String description,
        String authMethod,
        String selector,
        String bindType,
        String bindName,
        long createIndex,
        long modifyIndex) {
    public BindingRule {
        Objects.requireNonNull(id);
        description = Links.text(description);
        authMethod = Links.text(authMethod);
        selector = Links.text(selector);
        bindType = Links.text(bindType);
        bindName = Links.text(bindName);
    }

    /** At these indexes. */
    public BindingRule at(long created, long modified) {
        return new BindingRule(id, description, authMethod, selector, bindType, bindName, created, modified);
    }
}
