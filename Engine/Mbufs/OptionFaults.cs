namespace Engine.Mbufs;

/// <summary>What is wrong with options: collected, and told in one message, so that who corrects them starts once.</summary>
/// <param name="type">The options' type, which names each option.</param>
internal sealed class OptionFaults(string type)
{
    private readonly List<(string Option, object? Value, string Sentence)> _faults = [];

    /// <summary>Checks a number; it is returned as it is.</summary>
    public int Check(string option, int value, int least, int most)
    {
        if (value < least || value > most)
        {
            Add(option, value, $"{type}.{option} must be from {least} to {most}");
        }

        return value;
    }

    /// <summary>Checks a time.</summary>
    public void Check(string option, TimeSpan value, bool isRight, string range)
    {
        if (!isRight)
        {
            Add(option, value, $"{type}.{option} must be {range}");
        }
    }

    /// <summary>Checks what must be there.</summary>
    public void CheckNotNull(string option, object? value)
    {
        if (value is null)
        {
            Add(option, null, $"{type}.{option} must not be null");
        }
    }

    /// <summary>One more fault, as a sentence without its stop.</summary>
    public void Add(string option, object? value, string sentence) => _faults.Add((option, value, sentence));

    /// <summary>Throws if anything is wrong: of one fault its name and value, of several a message with all.</summary>
    public void ThrowIfAny()
    {
        if (_faults is [var only])
        {
            if (only.Value is null)
            {
                throw new ArgumentNullException(only.Option, only.Sentence + ".");
            }

            throw new ArgumentOutOfRangeException(only.Option, only.Value, only.Sentence + ".");
        }

        if (_faults.Count > 0)
        {
            string all = string.Join(" ", _faults.Select(static fault => $"{fault.Sentence}, not {fault.Value ?? "null"}."));
            throw new ArgumentOutOfRangeException("options", $"{_faults.Count} options are wrong. {all}");
        }
    }
}
