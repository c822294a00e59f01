using System.Reflection;

using Engine.Mbufs.Tests.Contracts;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Model;

/// <summary>The churn does everything that can be done with packets, and meets every refusal.</summary>
[Category("Contracts")]
public sealed class ChurnCoverageTests
{
    private const int Steps = 40_000;
    private const int LeastDone = 50;

    private static readonly Type[] s_types =
    [
        typeof(MbufScope), typeof(MbufChain), typeof(MbufChain.SegmentEnumerator), typeof(MbufChain.TagEnumerator),
        typeof(MbufPosition), typeof(MbufReader), typeof(MbufWriter), typeof(MbufQueue), typeof(MbufTag), typeof(MbufTagHandle),
    ];

    /// <summary>What the churn does not call, and why.</summary>
    private static readonly Dictionary<string, string> s_exempt = new()
    {
        ["ToString"] = "Words for people.",
        ["Equals"] = "Compares two handles, and touches no packet.",
        ["GetHashCode"] = "Is of a handle, and touches no packet.",
        ["op_Equality"] = "Compares two handles, and touches no packet.",
        ["op_Inequality"] = "Compares two handles, and touches no packet.",
        ["get_Arena"] = "Says which arena a scope is of.",
        ["get_Null"] = "Names no packet.",
        ["Dump"] = "Words for people.",
        ["DumpHex"] = "Words for people.",
    };

    [Test]
    public void Every_public_operation_is_called_by_the_churn()
    {
        HashSet<(Module, int)> called = [.. typeof(Churn).Assembly.GetTypes()
            .Where(static type => type.Namespace == typeof(Churn).Namespace && !type.IsNested)
            .SelectMany(Calls.Of)
            .Select(static method => (method.Module, method.MetadataToken))];
        IEnumerable<string> missing = s_types
            .SelectMany(static type => type.GetMethods(
                BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly).Concat(ExtensionMembers.Of(type)))
            .Where(method => !called.Contains((method.Module, method.MetadataToken)) && !s_exempt.ContainsKey(method.Name))
            .Select(static method => $"{method.DeclaringType!.Name}.{method}");

        Assert.That(missing, Is.Empty, "Operations that the model does not know. They belong into a row of Churn.Table.");
    }

    [Test]
    public void Every_operation_of_the_churn_is_in_its_table()
    {
        using var churn = new Churn(ChurnSettings.All[0], seed: 1);
        IEnumerable<string> steps = typeof(Churn)
            .GetMethods(BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
            .Where(static method => method.ReturnType == typeof(Outcome)
                && method.GetParameters() is [var only] && only.ParameterType == typeof(MbufScope).MakeByRefType())
            .Select(static method => method.Name);

        Assert.That(churn.Operations.Select(static operation => operation.Name), Is.EquivalentTo(steps));
    }

    /// <summary>Each often enough to mean something, and each refusal that its row allows.</summary>
    [Test]
    public void Every_operation_is_done_and_refused()
    {
        var counts = new Dictionary<(string Operation, Outcome Outcome), long>();
        foreach (ChurnSettings settings in ChurnSettings.All.Where(static settings => settings.IsStressed && !settings.Kind.Checked))
        {
            Churn.Run(settings, seed: 77, Steps, churn => Count(churn, counts));
        }

        using var table = new Churn(ChurnSettings.All[0], seed: 1);
        IEnumerable<string> seldom =
            from operation in table.Operations
            from outcome in new[] { Outcome.Done, Outcome.OutOfReach, Outcome.Exhausted }
            where operation.MayBe(outcome)
            let count = counts[(operation.Name, outcome)]
            where count < (outcome == Outcome.Done ? LeastDone : 1)
            select $"{operation.Name}: {outcome} {count} times";
        foreach (Operation operation in table.Operations)
        {
            TestContext.Out.WriteLine($"{operation.Name}: " + string.Join(
                ", ", Enum.GetValues<Outcome>().Select(outcome => $"{outcome} {counts[(operation.Name, outcome)]}")));
        }

        Assert.That(seldom, Is.Empty);
    }

    private static void Count(Churn churn, Dictionary<(string Operation, Outcome Outcome), long> counts)
    {
        foreach (Operation operation in churn.Operations)
        {
            foreach (Outcome outcome in Enum.GetValues<Outcome>())
            {
                counts[(operation.Name, outcome)] = counts.GetValueOrDefault((operation.Name, outcome)) + operation.CountOf(outcome);
            }
        }
    }
}
