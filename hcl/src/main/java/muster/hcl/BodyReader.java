package muster.hcl;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import muster.hcl.BodyContent.ScopedBlock;

/**
 * Takes from a body what a schema asks for, and reports everything else with a guess at what was meant.
 * {@code dynamic} blocks are expanded on the way.
 */
public final class BodyReader {
    private final Diagnostics diagnostics;

    public BodyReader(Diagnostics diagnostics) {
        this.diagnostics = diagnostics;
    }

    /** Everything in the body must be in the schema. */
    public BodyContent read(Body body, BodySchema schema, Scope scope) {
        return read(body, schema, scope, true);
    }

    /** What the schema doesn't name is left alone. */
    public BodyContent readPartly(Body body, BodySchema schema, Scope scope) {
        return read(body, schema, scope, false);
    }

    private BodyContent read(Body body, BodySchema schema, Scope scope, boolean strict) {
        Map<String, Attribute> attributes = new LinkedHashMap<>();
        for (Attribute attribute : body.attributes().values()) {
            if (schema.hasAttribute(attribute.name())) {
                attributes.put(attribute.name(), attribute);
            } else if (strict) {
                unsupported(attribute, body, schema);
            }
        }
        for (String name : schema.required()) {
            if (!attributes.containsKey(name)) {
                diagnostics.error(
                        "Missing required argument",
                        "The argument \"" + name + "\" is required, but no definition was found.",
                        body.missingItemRange());
            }
        }
        List<ScopedBlock> blocks = new ArrayList<>();
        for (Block block : body.blocks()) {
            Optional<BodySchema.BlockKind> kind = schema.block(block.type());
            if (kind.isPresent()) {
                if (labelsFit(block, kind.get())) {
                    blocks.add(new ScopedBlock(block, scope));
                }
            } else if (block.type().equals("dynamic") && block.labels().size() == 1) {
                expand(block, schema, scope, strict).forEach(blocks::add);
            } else if (strict) {
                unsupported(block, schema);
            }
        }
        return new BodyContent(attributes, blocks);
    }

    private List<ScopedBlock> expand(Block block, BodySchema schema, Scope scope, boolean strict) {
        String type = block.labels().getFirst();
        Optional<BodySchema.BlockKind> kind = schema.block(type);
        if (kind.isPresent()) {
            return new DynamicBlocks(diagnostics).expand(block, kind.get(), scope);
        }
        if (strict) {
            diagnostics.error(
                    "Unsupported block type",
                    "Blocks of type \"" + type + "\" are not expected here."
                            + NameSuggestion.sentence(type, blockNames(schema)),
                    block.labelRanges().getFirst());
        }
        return List.of();
    }

    private void unsupported(Attribute attribute, Body body, BodySchema schema) {
        String name = attribute.name();
        TreeSet<String> open = new TreeSet<>(schema.attributes());
        open.addAll(schema.required());
        open.removeAll(body.attributes().keySet());
        String suggestion = NameSuggestion.sentence(name, open);
        if (suggestion.isEmpty() && schema.block(name).isPresent()) {
            suggestion = " Did you mean to define a block of type \"" + name + "\"?";
        }
        diagnostics.error(
                "Unsupported argument",
                "An argument named \"" + name + "\" is not expected here." + suggestion,
                attribute.nameRange());
    }

    private void unsupported(Block block, BodySchema schema) {
        String type = block.type();
        String suggestion = NameSuggestion.sentence(type, blockNames(schema));
        if (suggestion.isEmpty() && schema.hasAttribute(type)) {
            suggestion = " Did you mean to define argument \"" + type
                    + "\"? If so, use the equals sign to assign it a value.";
        }
        diagnostics.error(
                "Unsupported block type",
                "Blocks of type \"" + type + "\" are not expected here." + suggestion,
                block.typeRange());
    }

    private static List<String> blockNames(BodySchema schema) {
        return schema.blocks().stream().map(BodySchema.BlockKind::type).toList();
    }

    private boolean labelsFit(Block block, BodySchema.BlockKind kind) {
        int given = block.labels().size();
        int wanted = kind.labels().size();
        if (given > wanted) {
            diagnostics.add(Diagnostic.error(
                    "Extraneous label for " + block.type(),
                    wanted == 0
                            ? "No labels are expected for " + block.type() + " blocks."
                            : "Only " + wanted + " labels (" + String.join(", ", kind.labels()) + ") are expected for "
                                    + block.type() + " blocks.",
                    block.labelRanges().get(wanted),
                    SourceRange.between(block.typeRange(), block.openBraceRange())));
            return false;
        }
        if (given < wanted) {
            diagnostics.add(Diagnostic.error(
                    "Missing " + kind.labels().get(given) + " for " + block.type(),
                    "All " + block.type() + " blocks must have " + wanted + " labels ("
                            + String.join(", ", kind.labels()) + ").",
                    block.openBraceRange(),
                    SourceRange.between(block.typeRange(), block.openBraceRange())));
            return false;
        }
        return true;
    }
}
