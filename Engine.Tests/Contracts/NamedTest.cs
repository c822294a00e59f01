using System.Reflection;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Contracts;

/// <summary>Tests that a document names, as <c>Fixture.Test</c>.</summary>
internal static class NamedTest
{
    private static readonly ILookup<string, Type> s_fixtures = typeof(NamedTest).Assembly.GetTypes().ToLookup(static type => type.Name);

    /// <summary>True if there is such a test and it is run whenever all are.</summary>
    public static bool Exists(string name)
    {
        string[] parts = name.Split('.');
        return parts.Length == 2 && s_fixtures[parts[0]].Any(fixture => TestsOf(fixture).Contains(parts[1]));
    }

    /// <summary>The names of a fixture's tests, without those that are only run when they are asked for.</summary>
    public static IEnumerable<string> TestsOf(Type fixture) => fixture.GetMethods()
        .Where(static method => method.GetCustomAttributes().Any(static mark => mark is TestAttribute or TestCaseAttribute or TestCaseSourceAttribute)
            && !method.GetCustomAttributes().Concat(method.DeclaringType!.GetCustomAttributes()).Any(static mark => mark is IgnoreAttribute or ExplicitAttribute))
        .Select(static method => method.Name);
}
