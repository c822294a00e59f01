using NUnit.Framework;

namespace Engine.Mbufs.Tests.Mbufs;

/// <summary>
/// The build runs the suite a second time with the switch on. Its own tests are few: that it is off unless it is asked for, and that both
/// runs are what they say they are.
/// </summary>
public sealed class PortabilityTests
{
    [Test]
    public void The_portable_half_is_forced_where_the_environment_says_so_and_nowhere_else()
        => Assert.That(Portability.IsForced, Is.EqualTo(Environment.GetEnvironmentVariable("ENGINE_FORCE_PORTABLE") == "1"));
}
