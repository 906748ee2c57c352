package muster.hcl;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The part of a body that a schema describes; blocks in source order, each with the scope its body is evaluated in. */
public record BodyContent(Map<String, Attribute> attributes, List<ScopedBlock> blocks) {
    /** A block, and what names mean inside it: generated blocks know their iterator. */
    public record ScopedBlock(Block block, Scope scope) {}

    public BodyContent {
        attributes = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(attributes));
        blocks = List.copyOf(blocks);
    }

    /** The attribute of this name, if it is set. */
    public Optional<Attribute> attribute(String name) {
        return Optional.ofNullable(attributes.get(name));
    }

    /** The blocks of this type. */
    public List<ScopedBlock> blocks(String type) {
        return blocks.stream().filter(b -> b.block().type().equals(type)).toList();
    }
}
