package muster.hcl;

import java.util.List;
import java.util.Optional;

/** The names a body may hold. */
public record BodySchema(List<String> attributes, List<String> required, List<BlockKind> blocks) {
    /** A block type and what its labels are called, in order. */
    public record BlockKind(String type, List<String> labels) {
        public BlockKind {
            labels = List.copyOf(labels);
        }
    }

    public BodySchema {
        attributes = List.copyOf(attributes);
        required = List.copyOf(required);
        blocks = List.copyOf(blocks);
    }

    /** A schema of optional attributes. */
    public static BodySchema of(String... attributes) {
        return new BodySchema(List.of(attributes), List.of(), List.of());
    }

    /** With block types that take no label. */
    public BodySchema withBlocks(String... types) {
        BodySchema schema = this;
        for (String type : types) {
            schema = schema.withLabelled(type);
        }
        return schema;
    }

    /** With a block type and what its labels are called. */
    public BodySchema withLabelled(String type, String... labels) {
        List<BlockKind> more = new java.util.ArrayList<>(blocks);
        more.add(new BlockKind(type, List.of(labels)));
        return new BodySchema(attributes, required, more);
    }

    /** With attributes that must be there. */
    public BodySchema withRequired(String... names) {
        return new BodySchema(attributes, List.of(names), blocks);
    }

    Optional<BlockKind> block(String type) {
        return blocks.stream().filter(kind -> kind.type().equals(type)).findFirst();
    }

    boolean hasAttribute(String name) {
        return attributes.contains(name) || required.contains(name);
    }
}
