using System.Reflection;

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
        Type claim = typeof(MbufCache).GetNestedType("Claim", BindingFlags.NonPublic)!;
        IEnumerable<(string, object?)> engine = claim.GetFields().Select(static field => (field.Name, field.GetRawConstantValue()));
        IEnumerable<(string, object?)> model = typeof(Protocol).GetFields()
            .Where(static field => field.IsLiteral)
            .Select(static field => (field.Name, field.GetRawConstantValue()));

        Assert.That(model, Is.EqualTo(engine));
    }
}
