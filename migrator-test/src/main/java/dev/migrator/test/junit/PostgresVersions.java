package dev.migrator.test.junit;

import dev.migrator.test.PostgresServer;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ClassTemplateInvocationContext;
import org.junit.jupiter.api.extension.ClassTemplateInvocationContextProvider;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Runs a class once for each version that {@link EachPostgres} names. */
final class PostgresVersions implements ClassTemplateInvocationContextProvider {
    private static final ExtensionContext.Namespace NAMESPACE =
            ExtensionContext.Namespace.create(PostgresVersions.class);

    /** The version of this invocation, if the class runs on several. */
    static OptionalInt chosen(ExtensionContext context) {
        @Nullable Integer major = context.getStore(NAMESPACE).get("major", Integer.class);
        return major == null ? OptionalInt.empty() : OptionalInt.of(major);
    }

    @Override
    public boolean supportsClassTemplate(ExtensionContext context) {
        return context.getRequiredTestClass().isAnnotationPresent(EachPostgres.class);
    }

    @Override
    public Stream<? extends ClassTemplateInvocationContext> provideClassTemplateInvocationContexts(
            ExtensionContext context) {
        return Arrays.stream(context.getRequiredTestClass()
                        .getAnnotation(EachPostgres.class)
                        .value())
                .mapToObj(Version::new);
    }

    /** One version; skipped where it can't be started. */
    private record Version(int major) implements ClassTemplateInvocationContext, ExecutionCondition {
        @Override
        public String getDisplayName(int invocationIndex) {
            return "PostgreSQL " + major;
        }

        @Override
        public void prepareInvocation(ExtensionContext context) {
            context.getStore(NAMESPACE).put("major", major);
        }

        @Override
        public List<Extension> getAdditionalExtensions() {
            return List.of(this);
        }

        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            return PostgresServer.missing(major)
                    .map(ConditionEvaluationResult::disabled)
                    .orElseGet(() -> ConditionEvaluationResult.enabled("PostgreSQL " + major + " can be started"));
        }
    }
}
