package muster.scheduler.job;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import muster.hcl.Attribute;
import muster.hcl.Block;
import muster.hcl.BodyContent.ScopedBlock;
import muster.hcl.Diagnostics;
import muster.hcl.Evaluator;
import muster.hcl.Value;

/** The rules of {@code scaling} blocks: groups scale by count, tasks by cpu or memory, each at most once. */
final class ScalingInspection {
    private ScalingInspection() {}

    static void ofGroup(List<ScopedBlock> blocks, Diagnostics diagnostics) {
        for (ScopedBlock block : blocks) {
            if (!block.block().body().attributes().containsKey("max")) {
                diagnostics.error(
                        "Missing required argument",
                        "The argument \"max\" is required, but no definition was found.",
                        block.block().body().missingItemRange());
            }
            type(block).filter(type -> !type.equals("horizontal")).ifPresent(type -> diagnostics.error(
                    "Invalid group scaling type",
                    "task group scaling policy had invalid type: \"" + type + "\"",
                    block.block().body().attributes().get("type").expression().range()));
        }
    }

    static void ofTask(List<ScopedBlock> blocks, Diagnostics diagnostics) {
        Map<String, Block> seen = new HashMap<>();
        for (ScopedBlock scoped : blocks) {
            Block block = scoped.block();
            String name = block.labels().getFirst();
            Block before = seen.putIfAbsent(name, block);
            if (before != null) {
                diagnostics.error(
                        "Duplicate scaling \"" + name + "\" block",
                        "Only one scaling " + name + " block is allowed. Another was defined at " + before.headerRange()
                                + ".",
                        block.headerRange());
            }
            if (!name.equals("cpu") && !name.equals("mem")) {
                diagnostics.error(
                        "Invalid scaling policy name",
                        "scaling policy name must be \"cpu\" or \"mem\"",
                        block.labelRanges().getFirst());
            }
            // The original names the two types in this order.
            type(scoped).filter(type -> !type.equals("vertical_" + name)).ifPresent(type -> diagnostics.error(
                    "Invalid scaling policy type",
                    "Invalid policy type, expected \"" + type + "\" but found \"vertical_" + name + "\"",
                    block.headerRange()));
        }
    }

    private static Optional<String> type(ScopedBlock block) {
        Attribute attribute = block.block().body().attributes().get("type");
        if (attribute == null) {
            return Optional.empty();
        }
        Value value = new Evaluator(new Diagnostics()).evaluate(attribute.expression(), block.scope());
        return value instanceof Value.Text(String type) && !type.isEmpty() ? Optional.of(type) : Optional.empty();
    }
}
