package dev.migrator.test.junit;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.List;
import java.util.stream.Collectors;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;

/** A run of a class of tests as a user would write it, in which some are meant to fail. */
record TestRun(EngineExecutionResults results) {

    static TestRun of(Class<?> tests) {
        return of(tests, 1);
    }

    static TestRun of(Class<?> tests, int threads) {
        return new TestRun(EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(tests))
                .configurationParameter("junit.jupiter.execution.parallel.enabled", String.valueOf(threads > 1))
                .configurationParameter("junit.jupiter.execution.parallel.mode.default", "concurrent")
                .configurationParameter("junit.jupiter.execution.parallel.config.strategy", "fixed")
                .configurationParameter("junit.jupiter.execution.parallel.config.fixed.parallelism", "" + threads)
                .execute());
    }

    /** What the tests that failed have said; of containers, too. */
    List<String> failures() {
        return results.allEvents().failed().stream()
                .map(event -> event.getRequiredPayload(TestExecutionResult.class)
                        .getThrowable()
                        .map(String::valueOf)
                        .orElse(""))
                .toList();
    }

    String failure() {
        return failures().stream().collect(Collectors.joining("\n"));
    }

    long succeeded() {
        return results.testEvents().succeeded().count();
    }

    List<String> names() {
        return results.testEvents().succeeded().stream()
                .map(Event::getTestDescriptor)
                .map(test -> test.getDisplayName())
                .toList();
    }
}
