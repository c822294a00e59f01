using System.Reflection;
using System.Text.RegularExpressions;

using Engine.Mbufs.Tests.Contracts;

using NUnit.Framework;

namespace Engine.Mbufs.Tests.Interleavings;

/// <summary>The protocol between threads in every order of its steps, and without each of its guards.</summary>
[Category("Interleavings")]
public sealed class InterleavingTests
{
    private static IEnumerable<string> Scenes => Models.All.Keys;

    private static IEnumerable<Guard> Guards => Enum.GetValues<Guard>().Where(static guard => guard != Guard.Sample);

    [TestCaseSource(nameof(Scenes))]
    public void Nothing_is_wrong_in_any_order_when(string scene)
    {
        Exploration exploration = Explorer.Explore(Models.All[scene](null));

        Assert.That(exploration.Finding, Is.Null);
        TestContext.Out.WriteLine($"{exploration.States} states");
    }

    [TestCaseSource(nameof(Guards))]
    public void Without_it_something_is_wrong(object guard)
    {
        foreach ((string scene, Func<Guard?, Model> build) in Models.All)
        {
            Model model = build((Guard)guard);
            if (model.Guards.Contains((Guard)guard) && Explorer.Explore(model).Finding is { } finding)
            {
                TestContext.Out.WriteLine($"When {scene}: {finding}");
                return;
            }
        }

        Assert.Fail($"Nobody misses {guard}: it is superfluous, or no scene shows what it is for.");
    }

    [Test]
    public void The_values_of_the_claim_are_those_of_the_engine()
    {
        IEnumerable<(string, long)> engine = typeof(Claim).GetFields(BindingFlags.Static | BindingFlags.Public)
            .Select(static field => (field.Name, (long)field.GetRawConstantValue()!));
        string[] names = [.. engine.Select(static state => state.Item1)];
        IEnumerable<(string, long)> model = typeof(Protocol).GetFields(BindingFlags.Static | BindingFlags.Public)
            .Where(field => names.Contains(field.Name))
            .Select(static field => (field.Name, (long)(int)field.GetRawConstantValue()!));

        Assert.That(model, Is.EqualTo(engine));
        Assert.That(Claim.InState(Claim.OpenFor(2), Claim.Idle), Is.EqualTo(2 * Protocol.OwnerUnit));
    }

    /// <summary>Who changes one of these places comes by the model, and the other way round.</summary>
    [Test]
    public void Each_guard_is_named_at_one_place_of_the_engine()
    {
        IEnumerable<string> named = Repository.SourceFiles("Engine")
            .SelectMany(static file => Regex.Matches(Repository.Read(file), @"\[guard: (?<name>\w+)\]"))
            .Select(static match => match.Groups["name"].Value);

        Assert.That(named, Is.EquivalentTo(Guards.Select(static guard => $"{guard}")));
    }

    [Test]
    public void Each_memory_barrier_of_the_engine_is_a_guard()
    {
        IEnumerable<string> others = Repository.SourceFiles("Engine")
            .SelectMany(static file => Repository.Read(file).Split('\n'))
            .Where(static line => line.Contains("Interlocked.MemoryBarrier", StringComparison.Ordinal)
                && !line.Contains("[guard: ", StringComparison.Ordinal));

        Assert.That(others, Is.Empty);
    }
}
