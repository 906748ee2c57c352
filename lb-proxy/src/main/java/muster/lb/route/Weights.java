package muster.lb.route;

import java.util.List;

/**
 * Shares out of fixed weights (Fabio: "Traffic shaping"): fixed ones first, the others share the rest equally. Fixed weights
 * above 1 in sum, or below 1 with nobody to take the rest, are scaled to 1.
 */
final class Weights {
    private Weights() {}

    static List<Target> shares(List<Target> targets) {
        double sum = 0;
        int fixed = 0;
        for (Target target : targets) {
            if (target.fixedWeight() > 0) {
                sum += target.fixedWeight();
                fixed++;
            }
        }
        int open = targets.size() - fixed;
        double scale = sum > 1 || open == 0 ? 1 / sum : 1;
        double rest = open == 0 ? 0 : Math.max(0, 1 - sum) / open;
        return targets.stream()
                .map(target -> target.withWeight(target.fixedWeight() > 0 ? target.fixedWeight() * scale : rest))
                .toList();
    }
}
